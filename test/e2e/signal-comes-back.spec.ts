import type { RollBackAnswer } from '../../src/signals/defence/review/defence.dto';
import type { FeedbackAnswer } from '../../src/signals/policy/policy.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView } from '../../src/signals/store/opinion.dto';
import { minutes, type Answer, type Person } from '../support/app';
import { DefenceStory, dispute, getSignal, stateOf, type Problem } from '../support/signals';

describe('a hash that its contributor withdraws and contributes again', () => {
  const story = new DefenceStory();
  beforeEach(() => story.world.clock.advance(minutes(61)));

  const report = (person: Person, { id }: SignalView, verdict = 'false'): Promise<Answer<FeedbackAnswer>> =>
    person.post(`/v1/signals/${id}/feedback`, { verdict });
  async function platforms(count: number): Promise<Person[]> {
    const people: Person[] = [];
    for (let n = 0; n < count; n++) people.push(await story.body('platform'));
    return people;
  }

  async function again(person: Person, { id, value }: SignalView): Promise<SignalView> {
    expect((await person.post(`/v1/signals/${id}/withdraw`, { reason: 'oops' })).status).toBe(200);
    story.world.clock.advance(1_000);
    return story.stands(person, { value });
  }

  function reject({ disputes }: SignalView): Promise<Answer<Problem>> {
    const decision = { outcome: 'rejected', note: 'looked at it' };
    story.world.clock.advance(1_000);
    return story.operator.post(`/v1/signal-disputes/${disputes[0]!.id}/resolve`, decision);
  }

  async function foundFalse(accused: Person): Promise<SignalView> {
    const signal = await story.stands(accused);
    for (const person of await platforms(2)) await report(person, signal);
    return signal;
  }

  it('is disputed by the service as before, as often as that is done, until a person decides', async () => {
    const accused = await story.body();
    const signal = await foundFalse(accused);
    for (let turn = 0; turn < 2; turn++) {
      const back = await again(accused, signal);
      expect(back).toMatchObject({ state: 'disputed', disputes: [{ organisationId: null, reason: 'false_match' }] });
      expect(back.disputes).toHaveLength(1);
      expect(await story.match(signal.value!)).toEqual(['review']);
    }
    const { items } = (await story.operator.get<{ items: DisputeView[] }>(`/v1/signal-disputes?signal=${signal.id}`))
      .body;
    expect(items.map(({ state }) => state).toSorted()).toEqual(['open', 'upheld', 'upheld']);
    expect((await reject(await getSignal(accused, signal.id))).status).toBe(200);
    expect(await again(accused, signal)).toMatchObject({ state: 'active', disputes: [] });
    expect(await story.match(signal.value!)).toEqual(['block']);
  });

  it('is disputed when somebody else contributes it, and no more once the reports were rolled back meanwhile', async () => {
    const [accused, other, forged] = [await story.body(), await story.body(), await story.body()];
    const signal = await foundFalse(accused);
    await accused.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'oops' });
    expect(await story.stands(other, { value: signal.value })).toMatchObject({ state: 'disputed' });
    const liked = await story.stands(forged);
    const [one, two] = (await platforms(2)) as [Person, Person];
    for (const person of [one, two]) await report(person, liked);
    await forged.post(`/v1/signals/${liked.id}/withdraw`, { reason: 'to look at it' });
    await story.twoPeople<RollBackAnswer>(`/v1/organisations/${two.organisation.id}/roll-back-signals`, 'two of one');
    expect(await story.stands(forged, { value: liked.value })).toMatchObject({ state: 'active', disputes: [] });
  });

  it('counts reports that come after a decision, of organisations that were not heard in it', async () => {
    const accused = await story.body();
    const signal = await story.stands(accused);
    const [one, two, three, four] = (await platforms(4)) as [Person, Person, Person, Person];
    for (const person of [one, two]) await report(person, signal);
    await reject(await getSignal(accused, signal.id));
    story.world.clock.advance(1_000);
    for (const person of [one, two, three]) expect((await report(person, signal)).body.disputed).toBe(false);
    expect((await report(four, signal)).body).toMatchObject({ disputed: true, state: 'disputed' });
    expect(await again(accused, signal)).toMatchObject({ state: 'disputed' });
  });

  it('is doubted as before where the order behind it fell, whoever contributes it', async () => {
    const unit = await story.world.organisation('authority', 'court-unit', { country: 'FR', competences: ['refer'] });
    const [analyst, other] = [await story.world.person(unit, ['analyst', 'curator']), await story.body()];
    const supervisor = await story.world.person(unit, ['supervisor']);
    const signal = await story.stands(analyst);
    await story.stands(other, { value: signal.value });
    const opened = await analyst.post<{ id: string }>('/v1/cases', {
      category: 'incitement',
      ideology: 'unknown',
      items: [{ url: 'https://harbour.example/fallen' }],
    });
    await story.world.sql.query(
      'update signal_contribution set case_id = $1 where signal_id = $2 and organisation_id = $3',
      [opened.body.id, signal.id, unit.id],
    );
    const fallen = { caseId: opened.body.id, ground: 'order_annulled', note: 'annulled' };
    expect((await supervisor.post('/v1/signals/retract', fallen)).status).toBe(200);
    for (let turn = 0; turn < 2; turn++) {
      expect(await again(other, signal)).toMatchObject({ state: 'disputed', disputes: [{ reason: 'order_annulled' }] });
    }
    await reject(await getSignal(other, signal.id));
    expect(await again(other, signal)).toMatchObject({ state: 'active', disputes: [] });
  });

  it('is disputed anew over an opinion that was stated after people had let it back in', async () => {
    const [accused, watcher, later] = [await story.body(), await story.body(), await story.body()];
    const signal = await story.stands(accused);
    const oppose = (person: Person) =>
      person.post<SignalView>(`/v1/signals/${signal.id}/opinion`, { opinion: 'dispute', reason: 'journalistic' });
    const { disputes } = (await oppose(watcher)).body;
    await story.uphold(story.operator, disputes[0]!.id);
    await story.contribute(accused, { value: signal.value });
    const [batch] = await story.waiting(accused.organisation);
    await story.twoPeople(`/v1/signal-quarantine/${batch!.id}/release`, 'it was the full recording');
    expect(await again(accused, signal)).toMatchObject({ state: 'active', disputes: [] });
    await oppose(later);
    expect(await again(accused, signal)).toMatchObject({
      state: 'disputed',
      disputes: [{ organisationId: later.organisation.id }],
    });
  });

  it('blocks nobody by another list that everybody reads, neither while it is disputed nor once that was upheld', async () => {
    const [accused, watcher] = [await story.body(), await story.body()];
    const ownList = async (): Promise<string> => {
      const slug = `of-everybody-${++lists}`;
      const made = await accused.post<SignalListView>('/v1/signal-lists', { slug, name: slug, purpose: 'A test', sharing: 'everyone', tlp: 'amber' }); // prettier-ignore
      return made.body.id;
    };
    let lists = 0;
    const signal = await story.stands(accused);
    const id = await dispute(watcher, signal.id, 'journalistic');
    const elsewhere = await story.stands(accused, { value: signal.value, listId: await ownList() });
    expect(elsewhere).toMatchObject({ state: 'disputed', disputes: [{ id }] });
    expect(await story.match(signal.value!)).toEqual(['review']);
    // Nor does it after all of it was withdrawn for a moment.
    await accused.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'oops' });
    const moved = await story.stands(accused, { value: signal.value, listId: await ownList() });
    expect(moved).toMatchObject({ state: 'disputed' });
    expect((await story.uphold(story.operator, moved.disputes[0]!.id)).status).toBe(200);
    const list = await ownList();
    expect(stateOf((await story.contribute(accused, { value: signal.value, listId: list })).body)).toEqual(['quarantined']); // prettier-ignore
    expect((await accused.get<{ items: unknown[] }>(`/v1/signal-lists/${list}/held`)).body.items).toEqual([]);
    expect(await story.match(signal.value!)).toEqual([]);
    const [batch] = await story.waiting(accused.organisation);
    await story.twoPeople(`/v1/signal-quarantine/${batch!.id}/release`, 'it was the full recording');
    expect(await story.match(signal.value!)).toEqual(['block']);
  });

  it('is not disputed by reports past the disputes that their reporters may open', async () => {
    const [accused, one, two] = [await story.body(), await story.body('platform'), await story.body('platform')];
    const signals: SignalView[] = [];
    for (let n = 0; n < 12; n++) signals.push(await story.stands(accused));
    const tipped: boolean[] = [];
    for (const signal of signals) {
      await report(one, signal);
      tipped.push((await report(two, signal)).body.disputed);
    }
    expect(tipped).toEqual(signals.map((_, n) => n < 10));
    expect(await story.match(signals.at(-1)!.value!)).toEqual(['block']);
    const opposed = await two.post(`/v1/signals/${signals.at(-1)!.id}/opinion`, {
      opinion: 'dispute',
      reason: 'other',
    });
    expect(opposed.status).toBe(429);
    expect((await report(await story.body('platform'), signals.at(-1)!)).body.disputed).toBe(true);
  });
});
