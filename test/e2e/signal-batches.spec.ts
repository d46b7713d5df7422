import { Work } from '../../src/infra/database/work';
import { Retraction } from '../../src/signals/store/retraction.service';
import { COMMON_LIST } from '../../src/signals/changes';
import type { BatchAnswer } from '../../src/signals/store/contribution.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { holding, QUOTA, untilWaiting } from '../support/locks';
import type { Problem } from '../support/signals';

describe('contributions to the shared hash database in bulk', () => {
  let world: World;
  let analyst: Person;
  let unit: CastOrganisation;
  let moderator: Person;
  let curator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, unit, moderator } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
  });
  afterAll(() => world.close());

  const matches = async (value: string): Promise<object[]> =>
    (await moderator.get<{ matches: object[] }>(`/v1/signals/match?type=sha256&value=${value}`)).body.matches;

  it('takes ten thousand lines, refuses those at fault each with its reason, and lets the others stand', async () => {
    await world.sql.query(
      `insert into signal_trust (organisation_id, level, changed_at) values ($1, 'trusted', now())`,
      [curator.organisation.id],
    );
    const signals: unknown[] = Array.from({ length: 9_990 }, (_, i) =>
      i % 2 ? { type: 'sha256', value: randomHash() } : { type: 'pdq', value: randomHash(), quality: 80 + (i % 20) },
    );
    const first = signals[1];
    signals.push(
      first,
      { type: 'pdq', value: 'xyz' },
      { type: 'phash', value: randomHash() },
      { type: 'pdq', value: randomHash(), quality: 12 },
      { type: 'pdq', value: '0'.repeat(64) },
      { type: 'sha256', value: randomHash(), labels: { contentType: 'film' } },
      { type: 'sha256', value: randomHash(), note: 'lines take no notes' },
      'not an object',
      { type: 'sha256', value: randomHash(), exhibitId: '019b0000-0000-7000-8000-000000000001' },
      { type: 'sha256', value: randomHash(), expiresAt: 'tomorrow' },
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
    expect(rows[0]!.dims).toMatchObject({ count: 4_995, list: COMMON_LIST, category: 'incitement' });
    const { value } = signals[5] as { value: string };
    expect(await matches(value)).toHaveLength(1);
    const twice = await curator.post<BatchAnswer>('/v1/signals/batch', { signals: signals.slice(0, 100) });
    expect(twice.body).toEqual(expect.objectContaining({ contributed: 0, already: 100, refused: [] }));
  });

  it('lets what one organisation sends wait for itself, and leaves the database to the others', async () => {
    const { sent, others } = await holding(world, QUOTA, [curator.organisation.id], async () => {
      const one = (): Promise<{ status: number }> =>
        curator.post('/v1/signals', { type: 'sha256', value: randomHash(), labels: {} });
      const waiting = Array.from({ length: 40 }, one);
      await untilWaiting(world, 1);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          analyst.post('/v1/signals', { type: 'sha256', value: randomHash(), labels: {} }),
        ),
      );
      return { sent: waiting, others: answers };
    });
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 201));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 201));
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
    const lines = Array.from({ length: 500 }, () => ({ type: 'sha256', value: randomHash() }));
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

  it('lets a batch that comes and one that goes share hashes without waiting for each other for ever', async () => {
    const lines = Array.from({ length: 300 }, () => ({ type: 'sha256', value: randomHash() }));
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
    expect(await matches(lines[0]!.value)).toHaveLength(1);
  });
});
