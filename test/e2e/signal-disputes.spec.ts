import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { SignalListView } from '../../src/signals/store/list.dto';
import type { DisputeView, DisputeWithSignal, OpinionsView } from '../../src/signals/store/opinion.dto';
import { SignalUpkeep } from '../../src/signals/store/upkeep.service';
import { minutes, startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { contribute, dispute, getSignal, opine, type Problem } from '../support/signals';

const hours = (count: number): number => minutes(60 * count);

interface Matches {
  matches: { state: string; action: string; because: string }[];
}

describe('opinions and disputes about hashes', () => {
  let world: World;
  let analyst: Person;
  let supervisor: Person;
  let platform: CastOrganisation;
  let moderator: Person;
  let host: Person;
  let watcher: Person;
  let other: Person;
  let operator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, supervisor, platform, moderator } = await world.cast());
    host = await world.person(platform, ['supervisor']);
    watcher = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    other = await world.person(await world.organisation('civil_society', 'observers'), ['curator']);
    operator = await world.person(await world.organisation('operator', 'service'), ['operator']);
  });
  afterAll(() => world.close());

  const resolve = (person: Person, id: string, outcome: string) =>
    person.post<DisputeWithSignal & Problem>(`/v1/signal-disputes/${id}/resolve`, { outcome, note: 'looked at it' });
  const match = async (value: string) =>
    (await moderator.get<Matches>(`/v1/signals/match?type=sha256&value=${value}`)).body.matches;

  it('makes an unreviewed hash active when somebody else confirms it, and not when its contributor does', async () => {
    const signal = await contribute(analyst, { reviewed: false });
    const own = await opine(supervisor, signal.id, { opinion: 'confirm' });
    expect([own.status, own.body.code]).toEqual([409, 'signal.only-yours']);
    const others = await opine(watcher, signal.id, { opinion: 'confirm' });
    expect(others.body).toMatchObject({ state: 'active', reviewed: false, opinions: { confirm: 1, dispute: 0 } });
    const back = await watcher.post<SignalView>(`/v1/signals/${signal.id}/opinion/retract`);
    expect(back.body).toMatchObject({ state: 'provisional', opinions: { confirm: 0 } });
    const none = await watcher.post<Problem>(`/v1/signals/${signal.id}/opinion/retract`);
    expect([none.status, none.body.code]).toEqual([409, 'signal.opinion-none']);
  });

  it('no longer counts the confirmation of one who has come to stand behind the hash itself', async () => {
    const signal = await contribute(analyst, { reviewed: false });
    await opine(watcher, signal.id, { opinion: 'confirm' });
    const both = await contribute(watcher, { value: signal.value, reviewed: false });
    expect(both).toMatchObject({ state: 'provisional', opinions: { confirm: 0 } });
  });

  it('keeps every opinion that an organisation changed, and counts the last', async () => {
    const signal = await contribute(analyst);
    await opine(watcher, signal.id, { opinion: 'confirm', note: 'known here' });
    world.clock.advance(minutes(5));
    await opine(watcher, signal.id, { opinion: 'dispute', reason: 'journalistic', note: 'a news report' });
    const { body } = await analyst.get<OpinionsView>(`/v1/signals/${signal.id}/opinions`);
    expect(body.opinions).toMatchObject([
      { organisationName: 'watchers', opinion: 'dispute', reason: 'journalistic', note: 'a news report', supersededAt: null },
      { opinion: 'confirm', note: 'known here', supersededAt: world.clock.now().toISOString() },
    ]); // prettier-ignore
    expect(await getSignal(analyst, signal.id)).toMatchObject({
      state: 'disputed',
      opinions: { confirm: 0, dispute: 1 },
    });
    const changed = await opine(watcher, signal.id, { opinion: 'confirm' });
    expect(changed.body).toMatchObject({ state: 'active', disputes: [], opinions: { confirm: 1, dispute: 0 } });
  });

  it.each([
    [{ opinion: 'dispute' }, '/reason'],
    [{ opinion: 'confirm', reason: 'other' }, '/reason'],
    [{ opinion: 'dispute', reason: 'order_annulled' }, '/reason'],
    [{ opinion: 'dispute', reason: 'because' }, '/reason'],
    [{ opinion: 'like' }, '/opinion'],
  ])('refuses %j and says where', async (body, pointer) => {
    const signal = await contribute(analyst);
    const answer = await opine(watcher, signal.id, body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('never blocks on a disputed hash, only proposes, and blocks again when the dispute is rejected', async () => {
    const signal = await contribute(analyst);
    expect(await match(signal.value!)).toMatchObject([{ state: 'active', action: 'block' }]);
    const id = await dispute(watcher, signal.id);
    expect(await match(signal.value!)).toMatchObject([{ state: 'disputed', action: 'review' }]);
    const rejected = await resolve(operator, id, 'rejected');
    expect([rejected.status, rejected.body]).toMatchObject([
      200,
      { state: 'rejected', outcomeNote: 'looked at it', signal: { state: 'active', opinions: { dispute: 1 } } },
    ]);
    expect(await match(signal.value!)).toMatchObject([{ state: 'active', action: 'block' }]);
  });

  it('tells those who stand behind the hash and the operator of its list, and sets 72 hours', async () => {
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    const { body } = await supervisor.get<DisputeWithSignal>(`/v1/signal-disputes/${id}`);
    expect(body).toMatchObject({
      reason: 'false_match',
      dueAt: new Date(world.clock.now().getTime() + hours(72)).toISOString(),
      mayUphold: true,
      mayReject: false,
      signal: { id: signal.id },
    });
    const { rows } = await world.sql.query<{ audience: string[] }>(
      `select audience from ledger_entry where kind = 'signal.disputed' and signal_id = $1`,
      [signal.id],
    );
    const told = [analyst, watcher, operator].map((person) => person.organisation.id);
    expect(rows).toEqual([{ audience: told.toSorted() }]);
    const open = await operator.get<{ items: DisputeView[] }>(`/v1/signal-disputes?state=open&signal=${signal.id}`);
    expect(open.body.items).toMatchObject([{ id, mayReject: true }]);
  });

  it('says once that the time for deciding has passed, whichever worker finds it', async () => {
    const upkeep = world.app.get(SignalUpkeep);
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    const overdue = async () => (await supervisor.get<DisputeView>(`/v1/signal-disputes/${id}`)).body.overdueAt;
    world.clock.advance(hours(72) - 1);
    await upkeep.run(world.clock.now());
    expect(await overdue()).toBeNull();
    world.clock.advance(1);
    await Promise.all([upkeep.run(world.clock.now()), upkeep.run(world.clock.now())]);
    expect(await overdue()).toBe(world.clock.now().toISOString());
    const { rows } = await world.sql.query(
      `select 1 from ledger_entry where kind = 'signal.dispute-overdue' and signal_id = $1`,
      [signal.id],
    );
    expect(rows).toHaveLength(1);
    // Nobody decided, so it stays in doubt: a dispute that ran out by itself would reward waiting.
    expect((await getSignal(analyst, signal.id)).state).toBe('disputed');
  });

  it('is never decided by the one who disputes, by a bystander, or twice', async () => {
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    const own = await resolve(watcher, id, 'upheld');
    expect([own.status, own.body.code]).toEqual([409, 'dispute.own']);
    for (const outcome of ['upheld', 'rejected']) {
      const bystander = await resolve(other, id, outcome);
      expect([bystander.status, bystander.body.code]).toEqual([403, 'dispute.not-yours-to-decide']);
    }
    expect((await resolve(operator, id, 'upheld')).body).toMatchObject({
      state: 'upheld',
      signal: { state: 'withdrawn' },
    });
    expect((await watcher.get<DisputeView>(`/v1/signal-disputes/${id}`)).body.outcomeNote).toBe('looked at it');
    const twice = await resolve(supervisor, id, 'rejected');
    expect([twice.status, twice.body.code]).toEqual([409, 'dispute.decided']);
    expect(await match(signal.value!)).toEqual([]);
  });

  it('lets the only contributor give in and not acquit itself', async () => {
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    expect((await supervisor.get<DisputeView>(`/v1/signal-disputes/${id}`)).body).toMatchObject({
      mayUphold: true,
      mayReject: false,
    });
    expect((await resolve(supervisor, id, 'rejected')).body.code).toBe('dispute.not-yours-to-decide');
    expect((await resolve(supervisor, id, 'upheld')).body).toMatchObject({ signal: { state: 'withdrawn' } });
  });

  it('is not for the first contributor alone when somebody else stands behind the hash', async () => {
    const signal = await contribute(analyst);
    const first = await dispute(watcher, signal.id);
    await contribute(host, { value: signal.value });
    for (const outcome of ['upheld', 'rejected']) {
      expect((await resolve(supervisor, first, outcome)).body.code).toBe('dispute.not-yours-to-decide');
    }
    expect((await resolve(operator, first, 'rejected')).status).toBe(200);
  });

  it('lets a contributor who disputes not decide about its own hash', async () => {
    const signal = await contribute(analyst);
    const alone = await opine(supervisor, signal.id, { opinion: 'dispute', reason: 'erroneous_contribution' });
    expect([alone.status, alone.body.code]).toEqual([409, 'signal.only-yours']);
    await contribute(other, { value: signal.value });
    const id = await dispute(supervisor, signal.id, 'erroneous_contribution');
    expect((await resolve(supervisor, id, 'rejected')).body.code).toBe('dispute.own');
    expect((await getSignal(watcher, signal.id)).state).toBe('disputed');
  });

  it('is not raised again for the reason for which it was rejected, but for another', async () => {
    const signal = await contribute(analyst);
    await resolve(operator, await dispute(watcher, signal.id, 'artistic'), 'rejected');
    const again = await opine(watcher, signal.id, { opinion: 'dispute', reason: 'artistic' });
    expect([again.status, again.body.code]).toEqual([409, 'dispute.decided-before']);
    expect((await getSignal(analyst, signal.id)).opinions).toEqual({ confirm: 0, dispute: 1 });
    await dispute(watcher, signal.id, 'collision');
    expect((await getSignal(analyst, signal.id)).state).toBe('disputed');
  });

  it('goes on with its hour when the reason is changed, one dispute for each organisation, disputed while any is open', async () => {
    const signal = await contribute(analyst);
    const first = await dispute(watcher, signal.id, 'artistic');
    const { dueAt } = (await supervisor.get<DisputeView>(`/v1/signal-disputes/${first}`)).body;
    world.clock.advance(hours(10));
    expect(await dispute(watcher, signal.id, 'collision')).toBe(first);
    expect((await supervisor.get<DisputeView>(`/v1/signal-disputes/${first}`)).body).toMatchObject({
      reason: 'collision',
      dueAt,
    });
    const second = await dispute(other, signal.id);
    expect((await getSignal(analyst, signal.id)).disputes).toHaveLength(2);
    expect((await resolve(operator, first, 'rejected')).body.signal.state).toBe('disputed');
    expect((await resolve(operator, second, 'rejected')).body.signal.state).toBe('active');
  });

  it('is upheld list by list: each owner retracts what it answers for, and the rest stays disputed', async () => {
    const list = await supervisor.post<SignalListView>('/v1/signal-lists', {
      slug: 'unit-list', name: 'Unit list', purpose: 'what the unit keeps', sharing: 'everyone', tlp: 'amber',
    }); // prettier-ignore
    await supervisor.post(`/v1/signal-lists/${list.body.id}/members`, {
      organisationId: platform.id,
      mayContribute: true,
    });
    const signal = await contribute(host, { listId: list.body.id });
    await contribute(other, { value: signal.value });
    const id = await dispute(watcher, signal.id);
    expect((await resolve(supervisor, id, 'rejected')).body.code).toBe('dispute.not-yours-to-decide');
    const part = await resolve(supervisor, id, 'upheld');
    expect(part.body).toMatchObject({ state: 'open', signal: { state: 'disputed' } });
    expect(part.body.signal.contributions.map(({ organisationName }) => organisationName)).toEqual(['observers']);
    const whole = await resolve(operator, id, 'upheld');
    expect(whole.body).toMatchObject({ state: 'upheld', signal: { state: 'withdrawn', contributions: [] } });
  });

  it('is settled when nobody stands behind the hash any more, until it comes back and the opinion stands', async () => {
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    await supervisor.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'they are right' });
    expect((await watcher.get<DisputeView>(`/v1/signal-disputes/${id}`)).body).toMatchObject({ state: 'upheld' });
    const late = await opine(other, signal.id, { opinion: 'confirm' });
    expect([late.status, late.body.code]).toEqual([409, 'signal.nobody-behind']);
    expect(await contribute(analyst, { value: signal.value })).toMatchObject({
      id: signal.id,
      state: 'disputed',
      disputes: [{ organisationId: watcher.organisation.id }],
    });
  });

  it('settles two who decide at once: one decision stands', async () => {
    const signal = await contribute(analyst);
    const id = await dispute(watcher, signal.id);
    const answers = await Promise.all([resolve(supervisor, id, 'upheld'), resolve(operator, id, 'rejected')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });
});
