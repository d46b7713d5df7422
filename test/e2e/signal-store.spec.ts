import { Work } from '../../src/infra/database/work';
import { Retraction } from '../../src/signals/store/retraction.service';
import { SignalUpkeep } from '../../src/signals/store/upkeep.service';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import type { RetractedView, SignalHistoryEntry } from '../../src/signals/store/lifecycle.dto';
import type { SignalVocabularyView } from '../../src/signals/store/vocabulary.controller';
import { vpdqDigest } from '../../src/perceptual/vpdq';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';

const DAY_MS = 86_400_000;
const COMMON = '00000000-0000-7000-8000-000000000001';
const hash = randomHash;

interface Problem {
  code: string;
  errors?: { pointer: string; detail: string }[];
}
interface Matches {
  matches: { signalId: string; state: string; action?: string }[];
}
interface Paged<T> {
  items: T[];
  next: string | null;
}

describe('contributions to the shared hash database', () => {
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

  const contribute = async (person: Person, body: Record<string, unknown> = {}): Promise<SignalView> => {
    const answer = await person.post<SignalView>('/v1/signals', { type: 'sha256', value: hash(), labels: {}, ...body });
    expect([answer.status, answer.body]).toEqual([201, answer.body]);
    return answer.body;
  };
  const get = async (person: Person, id: string): Promise<SignalView> =>
    (await person.get<SignalView>(`/v1/signals/${id}`)).body;
  const matches = async (person: Person, value: string, type = 'sha256'): Promise<Matches['matches']> =>
    (await person.get<Matches>(`/v1/signals/match?type=${type}&value=${value}`)).body.matches;
  const entriesOf = async (person: Person, id: string): Promise<SignalHistoryEntry[]> =>
    (await person.get<Paged<SignalHistoryEntry>>(`/v1/signals/${id}/history`)).body.items;

  describe('one at a time', () => {
    it('makes one signal of the same hash from two organisations, each with its own labels and provenance of its own', async () => {
      const value = hash();
      const first = await contribute(analyst, {
        value,
        labels: { category: 'threat', contentType: 'manifesto', behaviours: ['imminent-threat'] },
        severity: 'critical',
        incident: 'pci-2026-north-harbour',
      });
      const second = await contribute(curator, {
        value,
        labels: { entityClass: 'attack-perpetrator' },
        reviewed: false,
      });
      expect(second.id).toBe(first.id);
      expect(second.state).toBe('active');
      expect(second.contributions).toMatchObject([
        { organisationName: 'Unit A', severity: 'critical', incident: 'pci-2026-north-harbour', reviewed: true, vocabulary: '2026-1', expiresAt: null },
        { organisationName: 'watchers', labels: { entityClass: 'attack-perpetrator' }, reviewed: false, expiresAt: '2026-04-01T09:00:00.000Z' },
      ]); // prettier-ignore
      const again = await analyst.post<Problem>('/v1/signals', { type: 'sha256', value, labels: {} });
      expect([again.status, again.body.code]).toEqual([409, 'signal.contributed-already']);
    });

    it.each([
      [{ labels: { category: 'inciting' } }, '/labels/category'],
      [{ labels: { behaviours: ['glorification', 'glorify'] } }, '/labels/behaviours'],
      [{ labels: { contentType: 'film' } }, '/labels/contentType'],
      [{ labels: { mood: 'dark' } }, '/labels/mood'],
      [{ severity: 'grave' }, '/severity'],
      [{ incident: 'North Harbour' }, '/incident'],
      [{ expiresAt: '2026-03-01T00:00:00Z' }, '/expiresAt'],
      [{ value: 'AB'.repeat(32) }, '/value'],
      [{ value: 'ab'.repeat(16) }, '/value'],
      [{ type: 'vpdq', frames: [{ hash: 'ab'.repeat(32), quality: 80 }] }, '/value'],
      [{ frames: [{ hash: 'ab'.repeat(32), quality: 80 }] }, '/frames'],
      [{ listId: '019b0000-0000-7000-8000-000000000001' }, '/listId'],
    ])('refuses %j and says where', async (wrong, pointer) => {
      const answer = await analyst.post<Problem>('/v1/signals', {
        type: 'sha256',
        value: hash(),
        labels: {},
        ...wrong,
      });
      expect([answer.status, answer.body.errors?.map((fault) => fault.pointer)]).toEqual([400, [pointer]]);
    });

    it('takes a machine’s contribution for unreviewed unless it says that a person looked', async () => {
      const admin = await world.person(unit, ['admin']);
      const made = await admin.post<{ key: string }>('/v1/api-keys', {
        name: 'feed',
        permissions: ['signal.contribute', 'signal.vouch'],
        expiresAt: new Date(world.clock.now().getTime() + 300 * DAY_MS).toISOString(),
      });
      const headers = { authorization: `Bearer ${made.body.key}` };
      const send = (body: Record<string, unknown>) =>
        world.send<SignalView>('POST', '/v1/signals', { type: 'sha256', value: hash(), labels: {}, ...body }, headers);
      expect((await send({})).body).toMatchObject({ state: 'provisional', reviewed: false });
      expect((await send({ reviewed: true })).body).toMatchObject({ state: 'active', reviewed: true });
    });

    it('keeps the frames of a video once, whoever contributes it', async () => {
      const frames = Array.from({ length: 30 }, (_, i) => ({ hash: hash(), quality: 80, atMs: i * 1000 }));
      const value = vpdqDigest(frames.map((frame, i) => ({ ...frame, frame: i })))!;
      const first = await contribute(analyst, { type: 'vpdq', value, frames });
      await contribute(curator, { type: 'vpdq', value, frames: frames.toReversed() });
      const { rows } = await world.sql.query('select hash from signal_frame where signal_id = $1 order by ordinal', [
        first.id,
      ]);
      expect(rows).toEqual(frames.map(({ hash: frame }) => ({ hash: frame })));
    });

    it('publishes the vocabulary with its definitions to anybody', async () => {
      const { body } = await world.anonymous<SignalVocabularyView>('/v1/signal-vocabulary');
      expect(body.version).toBe('2026-1');
      expect(body.facets.map(({ facet }) => facet)).toEqual(
        ['category', 'ideology', 'behaviours', 'contentType', 'entityClass', 'severity'], // prettier-ignore
      );
      expect((await world.anonymous(`/v1/signal-vocabulary?version=1999-1`)).status).toBe(404);
    });

    it('lists what one reads, by type, state and list, page by page', async () => {
      const made = [await contribute(curator, { reviewed: false }), await contribute(curator, { reviewed: false })];
      const page = await curator.get<Paged<SignalView>>(
        `/v1/signals?state=provisional&type=sha256&list=${COMMON}&limit=1`,
      );
      expect(page.body.items.map(({ id }) => id)).toEqual([made[1]!.id]);
      const next = await curator.get<Paged<SignalView>>(
        `/v1/signals?state=provisional&limit=1&cursor=${page.body.next}`,
      );
      expect(next.body.items.map(({ id }) => id)).toEqual([made[0]!.id]);
    });

    it('tells what happened to a signal to those who may read it, notes to the one who wrote them', async () => {
      const signal = await contribute(analyst, { note: 'from case 12' });
      await curator.post(`/v1/signals/${signal.id}/opinion`, { opinion: 'confirm', note: 'seen elsewhere' });
      expect((await entriesOf(analyst, signal.id)).map(({ kind }) => kind)).toEqual([
        'signal.confirmed',
        'signal.contributed',
      ]);
      const [confirmed, contributed] = await entriesOf(analyst, signal.id);
      expect(contributed?.internal?.body).toMatchObject({ notes: ['from case 12'] });
      expect(confirmed?.shared?.body).toEqual({ note: 'seen elsewhere' });
      expect((await entriesOf(curator, signal.id)).map(({ kind }) => kind)).toEqual(['signal.confirmed']);
    });
  });

  describe('in bulk', () => {
    it('takes ten thousand lines, refuses those at fault each with its reason, and lets the others stand', async () => {
      await world.sql.query(
        `insert into signal_trust (organisation_id, level, changed_at) values ($1, 'trusted', now())`,
        [curator.organisation.id],
      );
      const signals: unknown[] = Array.from({ length: 9_990 }, (_, i) =>
        i % 2 ? { type: 'sha256', value: hash() } : { type: 'pdq', value: hash(), quality: 80 + (i % 20) },
      );
      const first = signals[1];
      signals.push(
        first,
        { type: 'pdq', value: 'xyz' },
        { type: 'phash', value: hash() },
        { type: 'pdq', value: hash(), quality: 12 },
        { type: 'pdq', value: '0'.repeat(64) },
        { type: 'sha256', value: hash(), labels: { contentType: 'film' } },
        { type: 'sha256', value: hash(), note: 'lines take no notes' },
        'not an object',
        { type: 'sha256', value: hash(), exhibitId: '019b0000-0000-7000-8000-000000000001' },
        { type: 'sha256', value: hash(), expiresAt: 'tomorrow' },
      );
      const sent = await curator.post<BatchAnswer>('/v1/signals/batch', {
        labels: { category: 'incitement' },
        signals,
      });
      expect(sent.status).toBe(200);
      expect(sent.body).toMatchObject({ contributed: 9_990, already: 1, quarantined: 0 });
      expect(sent.body.refused.map(({ index, code, pointer }) => [index, code, pointer])).toEqual([
        [9_991, 'request.invalid', '/value'],
        [9_992, 'request.invalid', '/type'],
        [9_993, 'signal.low-quality', null],
        [9_994, 'signal.low-quality', null],
        [9_995, 'request.invalid', '/labels/contentType'],
        [9_996, 'request.invalid', ''],
        [9_997, 'request.invalid', ''],
        [9_998, 'request.invalid', '/exhibitId'],
        [9_999, 'request.invalid', '/expiresAt'],
      ]);
      const { rows } = await world.sql.query<{ dims: Record<string, unknown>; n: number }>(
        `select convert_from(e.bytes, 'UTF8')::jsonb -> 'dims' as dims, (select count(*)::int from signal_change c where c.entry_id = e.id) as n
         from ledger_entry e where e.kind = 'signal.contributed' and (convert_from(e.bytes, 'UTF8')::jsonb -> 'dims' ->> 'count')::int > 1000 order by 1`,
      );
      expect(rows.map(({ n }) => n)).toEqual([4_995, 4_995]);
      expect(new Set(rows.map(({ dims }) => dims['signalType']))).toEqual(new Set(['pdq', 'sha256']));
      expect(rows[0]!.dims).toMatchObject({ count: 4_995, list: COMMON, category: 'incitement' });
      const { value } = signals[5] as { value: string };
      expect(await matches(moderator, value)).toHaveLength(1);
      const twice = await curator.post<BatchAnswer>('/v1/signals/batch', { signals: signals.slice(0, 100) });
      expect(twice.body).toEqual(expect.objectContaining({ contributed: 0, already: 100, refused: [] }));
    });

    it('refuses a batch that is none as a whole', async () => {
      for (const signals of [[], Array.from({ length: 10_001 }, () => ({})), 'hashes', undefined]) {
        const answer = await curator.post<Problem>('/v1/signals/batch', { signals });
        expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/signals']);
      }
    });

    it('refuses the one line of a batch that nobody could keep', async () => {
      const person = await world.person(unit, ['curator']);
      const signals = [randomHash(), '\ud800', randomHash()].map((value) => ({ type: 'sha256', value }));
      const answer = await person.post<BatchAnswer>('/v1/signals/batch', { signals });
      expect(answer.body).toMatchObject({ contributed: 2, refused: [{ index: 1, code: 'request.invalid' }] });
      const labelled = [{ type: 'sha256', value: randomHash(), incident: 'a\udfff' }, { type: 'sha256', value: randomHash(), '\ud800': 1 }]; // prettier-ignore
      const more = await person.post<BatchAnswer>('/v1/signals/batch', { signals: labelled });
      expect(more.body).toMatchObject({ contributed: 0, refused: [{ index: 0 }, { index: 1 }] });
    });

    it('settles two batches that share hashes in opposite order', async () => {
      const lines = Array.from({ length: 500 }, () => ({ type: 'sha256', value: hash() }));
      const [one, other] = await Promise.all([
        analyst.post<BatchAnswer>('/v1/signals/batch', { signals: lines }),
        moderator.post<BatchAnswer>('/v1/signals/batch', { signals: lines.toReversed() }),
      ]);
      expect([one.status, other.status]).toEqual([200, 200]);
      const { rows } = await world.sql.query<{ n: number }>(
        `select count(*)::int as n from signal s where s.value = any($1) and (select count(*) from signal_contribution c where c.signal_id = s.id) = 2`,
        [lines.map(({ value }) => value)],
      );
      expect(rows[0]!.n).toBe(500);
    });
  });

  it('lets a batch that comes and one that goes share hashes without waiting for each other for ever', async () => {
    const lines = Array.from({ length: 300 }, () => ({ type: 'sha256', value: hash() }));
    await curator.post('/v1/signals/batch', { signals: lines });
    const retraction = world.app.get(Retraction);
    const { rows } = await world.sql.query<{ id: string }>(
      'select c.id from signal_contribution c join signal s on s.id = c.signal_id where s.value = any($1)',
      [lines.map(({ value }) => value)],
    );
    const which = { contributionIds: rows.map(({ id }) => id) };
    const [come, gone] = await Promise.all([
      analyst.post<BatchAnswer>('/v1/signals/batch', { signals: lines }),
      world.app
        .get(Work)
        .asWorker((tx) => retraction.retract(tx, 'service', which, 'source_withdrew', world.clock.now())),
    ]);
    expect([come.body, gone.contributions]).toMatchObject([{ contributed: 300 }, 300]);
    expect(await matches(moderator, lines[0]!.value)).toHaveLength(1);
  });

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
      expect([(await get(analyst, left.id)).state, (await get(analyst, asked.id)).state]).toEqual([
        'provisional',
        'withdrawn',
      ]);
      world.clock.advance(29 * DAY_MS);
      expect((await upkeep.run(world.clock.now())).expired).toBeGreaterThan(0);
      expect(await get(analyst, left.id)).toMatchObject({ state: 'withdrawn', contributions: [] });
      expect((await get(analyst, looked.id)).state).toBe('active');
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
      expect(await get(analyst, alone.id)).toMatchObject({ state: 'withdrawn', contributions: [] });
      const rest = await get(curator, shared.id);
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
      expect((await get(analyst, signal.id)).state).toBe('active');
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
      expect(await get(analyst, signal.id)).toMatchObject({ id: signal.id, state: 'withdrawn', value: null });
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
      expect(stranger.status).toBe(202);
    });
  });
});
