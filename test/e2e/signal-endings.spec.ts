import { SignalUpkeep } from '../../src/signals/store/upkeep.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { RetractedView, SignalHistoryEntry } from '../../src/signals/store/lifecycle.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { contribute, getSignal, type Problem } from '../support/signals';

const DAY_MS = 86_400_000;

interface Matches {
  matches: { signalId: string; state: string; action?: string }[];
}
interface Paged<T> {
  items: T[];
  next: string | null;
}

describe('how a shared hash ends', () => {
  let world: World;
  let analyst: Person;
  let supervisor: Person;
  let unit: CastOrganisation;
  let moderator: Person;
  let curator: Person;
  let operator: Person;
  let secondOperator: Person;
  let upkeep: SignalUpkeep;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, supervisor, unit, moderator } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    const service = await world.organisation('operator', 'service');
    operator = await world.person(service, ['operator']);
    secondOperator = await world.person(service, ['operator']);
    upkeep = world.app.get(SignalUpkeep);
  });
  afterAll(() => world.close());

  const matches = async (person: Person, value: string, type = 'sha256'): Promise<Matches['matches']> =>
    (await person.get<Matches>(`/v1/signals/match?type=${type}&value=${value}`)).body.matches;
  const entriesOf = async (person: Person, id: string): Promise<SignalHistoryEntry[]> =>
    (await person.get<Paged<SignalHistoryEntry>>(`/v1/signals/${id}/history`)).body.items;

  describe('as time goes by', () => {
    it('ends what nobody reviewed after thirty days, and not what somebody did', async () => {
      const left = await contribute(analyst, { reviewed: false });
      const looked = await contribute(analyst, { reviewed: false });
      const asked = await contribute(analyst, {
        expiresAt: new Date(world.clock.now().getTime() + DAY_MS).toISOString(),
      });
      const reviewed = await supervisor.post<SignalView>(`/v1/signals/${looked.id}/review`, {});
      expect(reviewed.body).toMatchObject({ state: 'active', contributions: [{ reviewed: true, expiresAt: null }] });
      world.clock.advance(DAY_MS);
      await upkeep.run(world.clock.now());
      expect([(await getSignal(analyst, left.id)).state, (await getSignal(analyst, asked.id)).state]).toEqual([
        'provisional',
        'withdrawn',
      ]);
      world.clock.advance(29 * DAY_MS);
      expect((await upkeep.run(world.clock.now())).expired).toBeGreaterThan(0);
      expect(await getSignal(analyst, left.id)).toMatchObject({ state: 'withdrawn', contributions: [] });
      expect((await getSignal(analyst, looked.id)).state).toBe('active');
      expect(await matches(moderator, left.value!)).toEqual([]);
      expect((await entriesOf(analyst, left.id))[0]).toMatchObject({ kind: 'signal.expired', organisationId: null });
      expect((await upkeep.run(world.clock.now())).expired).toBe(0);
    });

    it('asks for a review after 24 months and is content for another 24 when it has had it', async () => {
      const signal = await contribute(analyst);
      const due = async (person: Person): Promise<string[]> =>
        (await person.get<Paged<SignalView>>('/v1/signals?reviewDue=true&limit=200')).body.items.map(({ id }) => id);
      world.clock.set(new Date(Date.UTC(2028, 4, 1, 9)));
      expect(await due(analyst)).toContain(signal.id);
      expect(await due(moderator)).not.toContain(signal.id);
      await supervisor.post(`/v1/signals/${signal.id}/review`, { note: 'still what it was' });
      expect(await due(analyst)).not.toContain(signal.id);
      const elsewhere = await curator.post<Problem>(`/v1/signals/${signal.id}/review`, {});
      expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'signal.not-yours']);
    });
  });

  describe('when the order falls', () => {
    it('leaves a tombstone where nobody else stands behind the hash, and a dispute where somebody does', async () => {
      const opened = await analyst.post<{ id: string }>('/v1/cases', {
        category: 'incitement',
        ideology: 'unknown',
        items: [{ url: 'https://harbour.example/annulled' }],
      });
      const alone = await contribute(analyst);
      const shared = await contribute(analyst);
      await contribute(curator, { value: shared.value });
      await world.sql.query(
        'update signal_contribution set case_id = $1 where signal_id = any($2) and organisation_id = $3',
        [opened.body.id, [alone.id, shared.id], unit.id],
      );
      const fallen = await supervisor.post<RetractedView>('/v1/signals/retract', {
        caseId: opened.body.id,
        ground: 'order_annulled',
        note: 'annulled by the court',
      });
      expect([fallen.status, fallen.body]).toMatchObject([
        200,
        { contributions: 2, tombstones: [alone.id], disputed: [shared.id] },
      ]);
      expect(await matches(moderator, alone.value!)).toEqual([]);
      expect(await getSignal(analyst, alone.id)).toMatchObject({ state: 'withdrawn', contributions: [] });
      const rest = await getSignal(curator, shared.id);
      expect(rest).toMatchObject({
        state: 'disputed',
        disputes: [{ reason: 'order_annulled', organisationId: unit.id }],
      });
      expect(rest.contributions.map(({ organisationName }) => organisationName)).toEqual(['watchers']);
      expect((await matches(moderator, shared.value!))[0]).toMatchObject({ state: 'disputed' });
      expect((await entriesOf(curator, shared.id)).map(({ kind }) => kind)).toContain('signal.disputed');
      const again = await supervisor.post<Problem>('/v1/signals/retract', {
        caseId: opened.body.id,
        ground: 'order_annulled',
        note: 'once more',
      });
      expect([again.status, again.body.code]).toEqual([409, 'signal.nothing-to-end']);
    });

    it('takes one of case, exhibit and notice', async () => {
      const answer = await supervisor.post<Problem>('/v1/signals/retract', {
        ground: 'order_annulled',
        note: 'which?',
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    });
  });

  describe('erased', () => {
    it('takes two people, leaves a tombstone that says which hash to drop, and loses the hash itself after ninety days', async () => {
      const signal = await contribute(analyst, {
        labels: { category: 'threat' },
        note: 'names a victim',
        severity: 'high',
      });
      await curator.post(`/v1/signals/${signal.id}/opinion`, { opinion: 'confirm', note: 'names a victim too' });
      const asked = await operator.post<{ approval: unknown }>(`/v1/signals/${signal.id}/erase`, {
        reason: 'a victim asked',
      });
      expect([asked.status, asked.body.approval]).toMatchObject([202, { state: 'awaiting-second-person' }]);
      expect((await getSignal(analyst, signal.id)).state).toBe('active');
      const erased = await secondOperator.post<SignalView>(`/v1/signals/${signal.id}/erase`, {
        reason: 'a victim asked',
      });
      expect([erased.status, erased.body]).toMatchObject([
        200,
        { state: 'withdrawn', value: signal.value, contributions: [], erasedAt: world.clock.now().toISOString() },
      ]);
      expect(await matches(moderator, signal.value!)).toEqual([]);
      const left = await world.sql.query(
        `select (select jsonb_agg(note) from signal_opinion where signal_id = $1) as notes, c.labels, c.severity, c.state from signal_contribution c where c.signal_id = $1`,
        [signal.id],
      );
      expect(left.rows).toEqual([{ notes: [null], labels: {}, severity: null, state: 'erased' }]);
      world.clock.advance(91 * DAY_MS);
      expect((await upkeep.run(world.clock.now())).forgotten).toBe(1);
      expect(await getSignal(analyst, signal.id)).toMatchObject({ id: signal.id, state: 'withdrawn', value: null });
      const anew = await contribute(curator, { value: signal.value });
      expect(anew.id).not.toBe(signal.id);
      expect((await upkeep.run(world.clock.now())).forgotten).toBe(0);
    });

    it('is no tombstone any more when somebody stands behind the hash anew in time', async () => {
      const signal = await contribute(analyst);
      for (const person of [operator, secondOperator])
        await person.post(`/v1/signals/${signal.id}/erase`, { reason: 'by mistake' });
      const anew = await contribute(curator, { value: signal.value });
      expect(anew).toMatchObject({ id: signal.id, state: 'active', erasedAt: null });
    });

    it('erases the texts of one’s own entries where the owner of a list erases what it wrote itself', async () => {
      const list = await supervisor.post<{ id: string }>('/v1/signal-lists', {
        slug: 'ours', name: 'Ours', purpose: 'what we keep', sharing: 'everyone', tlp: 'green',
      }); // prettier-ignore
      const signal = await contribute(analyst, { listId: list.body.id, note: 'a name' });
      const colleague = await world.person(unit, ['supervisor']);
      for (const person of [supervisor, colleague])
        await person.post(`/v1/signals/${signal.id}/erase`, { reason: 'asked to' });
      const entries = await entriesOf(analyst, signal.id);
      expect(entries.map(({ kind, internal }) => [kind, internal === null])).toEqual([
        ['signal.erased', false],
        ['signal.contributed', true],
      ]);
      const stranger = await curator.post<Problem>(`/v1/signals/${signal.id}/erase`, { reason: 'not mine' });
      expect(stranger).toMatchObject({ status: 409, body: { code: 'signal.nothing-to-end' } });
    });
  });
});
