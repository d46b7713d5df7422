import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import sharp from 'sharp';
import { signScope } from '../../src/infra/database/scope';
import { Work } from '../../src/infra/database/work';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import { testCard } from '../../src/signals/defence/known-harmless';
import { NegativeIndex } from '../../src/signals/defence/negative-index.service';
import type {
  NegativesAnswer,
  QuarantineDecision,
  QuarantineItemView,
  QuarantineView,
  RollBackAnswer,
  TrustView,
} from '../../src/signals/defence/review/defence.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';

interface Batch {
  contributed: number;
  already: number;
  quarantined: number;
  refused: { index: number; code: string; detail: string }[];
}
interface Problem {
  code: string;
  detail?: string;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const pdq = randomHash;
const flip = (hash: string, bits: number): string => {
  let value = BigInt(`0x${hash}`);
  for (let bit = 0; bit < bits; bit++) value ^= 1n << BigInt(bit * 7);
  return value.toString(16).padStart(64, '0');
};

async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (await check()) return;
    await sleep(25);
  }
  throw new Error('it never came true');
}

describe('defence of the shared hashes against poisoning', () => {
  let world: World;
  let moderator: Person;
  let operators: [Person, Person];
  let operator: Person;
  let serial = 0;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
    const office = await world.organisation('operator', 'operations');
    operators = [await world.person(office, ['operator']), await world.person(office, ['operator'])];
    [operator] = operators;
    await eventually(() => world.app.get(SignalIndex).loaded && world.app.get(NegativeIndex).loaded);
  });
  afterAll(() => world.close());

  /** A contributor that nobody else's test has counted against. */
  async function contributor(limits?: { dailyQuota?: number; hourlyFlood?: number }): Promise<Person> {
    const body = await world.organisation('civil_society', `flaggers-${++serial}`);
    if (limits)
      await operator.post('/v1/signal-trust', {
        organisationId: body.id,
        level: 'new',
        note: 'for this test',
        ...limits,
      });
    return world.person(body, ['curator']);
  }
  const lines = (values: readonly string[], type = 'sha256') => values.map((value) => ({ type, value }));
  const send = (person: Person, values: readonly string[], type?: string) =>
    person.post<Batch>('/v1/signals/batch', { labels: {}, signals: lines(values, type) });
  const matches = async (value: string, type = 'sha256'): Promise<number> =>
    (await moderator.get<{ matches: unknown[] }>(`/v1/signals/match?type=${type}&value=${value}`)).body.matches.length;
  const waiting = async (organisation: CastOrganisation): Promise<QuarantineView[]> =>
    (await operator.get<{ items: QuarantineView[] }>(`/v1/signal-quarantine?organisationId=${organisation.id}`)).body
      .items;
  const itemsOf = async (id: string): Promise<QuarantineItemView[]> =>
    (await operator.get<{ items: QuarantineItemView[] }>(`/v1/signal-quarantine/${id}?limit=200`)).body.items;

  it('holds what is over the flood threshold, and lets two people of the operator release it', async () => {
    const flooder = await contributor({ hourlyFlood: 3 });
    const values = Array.from({ length: 5 }, (_, i) => sha(`flood ${i}`));
    expect((await send(flooder, values)).body).toMatchObject({ contributed: 3, quarantined: 2, refused: [] });
    expect(await Promise.all(values.map((value) => matches(value)))).toEqual([1, 1, 1, 0, 0]);
    const [batch] = await waiting(flooder.organisation);
    expect(batch).toMatchObject({ waiting: 2, reasons: { flood: 2 } });
    const release = `/v1/signal-quarantine/${batch!.id}/release`;
    const asked = await operator.post(release, { reason: 'a list of ours' });
    expect(asked.status).toBe(202);
    expect(await matches(values[4]!)).toBe(0);
    expect((await operator.post<Problem>(release, { reason: 'a list of ours' })).body.code).toBe(
      'approval.same-person',
    );
    const done = await operators[1].post<QuarantineDecision>(release, { reason: 'agreed' });
    expect([done.status, done.body]).toEqual([200, expect.objectContaining({ decided: 2, waiting: 0 })]);
    expect(await Promise.all(values.map((value) => matches(value)))).toEqual([1, 1, 1, 1, 1]);
    expect(await waiting(flooder.organisation)).toEqual([]);
  });

  it('shows what is held to its contributor and the operator, and to nobody else', async () => {
    const flooder = await contributor({ hourlyFlood: 0 });
    const made = await flooder.post<{ id: string; contributions: { state: string }[] }>('/v1/signals', {
      type: 'sha256',
      value: sha('seen by two'),
      labels: {},
    });
    expect(made.status).toBe(201);
    expect(made.body.contributions.map(({ state }) => state)).toEqual(['quarantined']);
    expect((await moderator.get(`/v1/signals/${made.body.id}`)).status).toBe(404);
    for (const path of ['signal-quarantine', 'signal-trust', 'signal-negatives'])
      expect((await flooder.get(`/v1/${path}`)).status).toBe(403);
  });

  it('rejects some of a batch and leaves the rest waiting; what is decided cannot be decided again', async () => {
    const flooder = await contributor({ hourlyFlood: 0 });
    const values = [sha('bad'), sha('good')];
    await send(flooder, values);
    const [batch] = await waiting(flooder.organisation);
    const bad = (await itemsOf(batch!.id)).find(({ value }) => value === values[0])!;
    const reject = `/v1/signal-quarantine/${batch!.id}/reject`;
    const body = { contributionIds: [bad.contributionId], reason: 'not what it says' };
    expect((await operator.post<QuarantineDecision>(reject, body)).body).toMatchObject({ decided: 1, waiting: 1 });
    expect((await operator.post<Problem>(reject, body)).body.code).toBe('signal-quarantine.decided');
    await operator.post(`/v1/signal-quarantine/${batch!.id}/release`, { reason: 'the rest is fine' });
    await operators[1].post(`/v1/signal-quarantine/${batch!.id}/release`, { reason: 'the rest is fine' });
    expect(await Promise.all(values.map((value) => matches(value)))).toEqual([0, 1]);
    // A hash that was rejected can be sent again and is looked at again.
    expect((await send(flooder, [values[0]!])).body.quarantined).toBe(1);
  });

  it('refuses what is over the quota with what is left and when it begins anew, and takes it the next day', async () => {
    const body = await contributor({ dailyQuota: 2 });
    const values = ['one', 'two', 'three'].map((word) => sha(`quota ${word}`));
    const first = await send(body, values);
    expect(first.body).toMatchObject({ contributed: 2, refused: [{ index: 2, code: 'signal.quota-spent' }] });
    expect(first.body.refused[0]!.detail).toMatch(/of 2 a day .* 0 left until 2026-03-03T00:00:00\.000Z/);
    const single = await body.post<Problem>('/v1/signals', { type: 'sha256', value: values[2], labels: {} });
    expect([single.status, single.body.code]).toEqual([429, 'signal.quota-spent']);
    // Sending the same list again costs nothing, nor does taking back win anything.
    expect((await send(body, values.slice(0, 2))).body).toMatchObject({ already: 2, refused: [] });
    const before = world.clock.now();
    world.clock.set(new Date('2026-03-03T00:00:00.000Z'));
    expect((await send(body, values)).body).toMatchObject({ contributed: 1, already: 2, refused: [] });
    world.clock.set(before);
  });

  it('does not let two batches at once pass a quota that is there for one', async () => {
    const body = await contributor({ dailyQuota: 10 });
    const other = await world.person(body.organisation, ['curator']);
    const batch = (name: string) => Array.from({ length: 10 }, (_, i) => sha(`${name} ${i}`));
    const answers = await Promise.all([
      send(body, batch('left')),
      send(other, batch('right')),
      send(body, batch('third')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.reduce((sum, answer) => sum + answer.body.contributed, 0)).toBe(10);
  });

  it('refuses hashes of nothing: low quality, the empty file, a test card and a gradient as any program would save them', async () => {
    const body = await contributor();
    const refusedFor = async (signal: object) =>
      (await body.post<Problem>('/v1/signals', { labels: {}, ...signal })).body.code;
    expect(await refusedFor({ type: 'pdq', value: pdq(), quality: 49 })).toBe('signal.low-quality');
    expect(await refusedFor({ type: 'blockhash', value: 'f'.repeat(64) })).toBe('signal.low-quality');
    expect(await refusedFor({ type: 'sha256', value: sha('') })).toBe('signal.harmless');
    const photo = async (grey: (x: number, y: number) => number) => {
      const side = 400;
      const raw = Buffer.from(
        Array.from({ length: side * side }, (_, i) => grey((i % side) / side, i / side / side) * 255),
      );
      const jpeg = await sharp(raw, { raw: { width: side, height: side, channels: 1 } })
        .jpeg({ quality: 60 })
        .toBuffer();
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(jpeg)]), 'picture.jpg');
      return (await moderator.form<{ image: { pdq: { hash: string }; blockhash: string } }>('/v1/signals/match', form))
        .body.image;
    };
    const bars = await photo(testCard);
    const gradient = await photo((x) => x);
    expect(await refusedFor({ type: 'pdq', value: bars.pdq.hash })).toBe('signal.harmless');
    expect(await refusedFor({ type: 'blockhash', value: gradient.blockhash })).toBe('signal.harmless');
  });

  it('refuses what lies within 31 bits of an image that the operator knows to be harmless, and not at 32', async () => {
    const body = await contributor();
    const logo = pdq();
    const added = await operator.post<NegativesAnswer>('/v1/signal-negatives', {
      kind: 'harmless',
      type: 'pdq',
      entries: [{ value: logo, note: 'a broadcaster’s logo' }, { value: 'nonsense' }],
    });
    expect(added.body).toMatchObject({ added: 1, refusedCount: 1, refused: [{ line: 2 }] });
    const answer = await send(body, [flip(logo, 31), flip(logo, 32)], 'pdq');
    expect(answer.body).toMatchObject({ contributed: 1, refused: [{ index: 0, code: 'signal.harmless' }] });
    expect(answer.body.refused[0]!.detail).toBe('31 bits differ from a broadcaster’s logo');
    const [{ id }] = (await operator.get<{ items: [{ id: string }] }>('/v1/signal-negatives?kind=harmless')).body.items;
    await operator.post('/v1/signal-negatives/remove', { ids: [id], reason: 'was not theirs' });
    expect((await send(body, [flip(logo, 31)], 'pdq')).body.contributed).toBe(1);
  });

  it('holds what would match a benign corpus, and says how much of it', async () => {
    const body = await contributor();
    const base = pdq();
    const corpus = [base, flip(base, 2), flip(base, 3), ...Array.from({ length: 500 }, pdq)];
    const form = new FormData();
    form.set('about', JSON.stringify({ kind: 'corpus', source: 'holiday pictures' }));
    form.append('file', new Blob([`type,value\n${corpus.map((value) => `pdq,${value}\n`).join('')}`]), 'corpus.csv');
    const uploaded = await operator.form<NegativesAnswer>('/v1/signal-negatives/upload', form);
    expect([uploaded.status, uploaded.body]).toEqual([200, expect.objectContaining({ added: 503, already: 0 })]);
    const sent = await body.post<{ contributions: unknown[] }>('/v1/signals', {
      type: 'pdq',
      value: flip(base, 1),
      labels: {},
    });
    expect(sent.status).toBe(201);
    expect(await matches(flip(base, 1), 'pdq')).toBe(0);
    const [batch] = await waiting(body.organisation);
    expect(await itemsOf(batch!.id)).toMatchObject([{ reason: 'corpus', hits: 3, state: 'quarantined' }]);
  });

  it('lists what stands and collides with a negative that comes later, and holds it on request', async () => {
    const body = await contributor();
    const value = pdq();
    await send(body, [value], 'pdq');
    const add = (hold: boolean) =>
      operator.post<NegativesAnswer>('/v1/signal-negatives', {
        kind: 'harmless',
        hold,
        entries: [{ type: 'pdq', value: flip(value, 9) }],
      });
    const listed = (await add(false)).body;
    expect(listed).toMatchObject({
      added: 1,
      collisions: { signals: 1, held: 0, first: [{ value, hits: 1, distance: 9 }] },
    });
    expect(await matches(value, 'pdq')).toBe(1);
    expect(await itemsOf(listed.collisions.quarantineId!)).toMatchObject([{ reason: 'collision', state: 'standing' }]);
    expect((await add(true)).body).toMatchObject({ added: 0, already: 1, collisions: { held: 1 } });
    expect(await matches(value, 'pdq')).toBe(0);
    const id = listed.collisions.quarantineId!;
    await operator.post(`/v1/signal-quarantine/${id}/release`, { reason: 'the negative was wrong' });
    await operators[1].post(`/v1/signal-quarantine/${id}/release`, { reason: 'the negative was wrong' });
    expect(await matches(value, 'pdq')).toBe(1);
  });

  it('trusts a contributor no more who hits a canary, holds the batch, and lists what it contributed that day', async () => {
    const body = await contributor();
    await operator.post('/v1/signal-trust', {
      organisationId: body.organisation.id,
      level: 'trusted',
      note: 'known for long',
    });
    const [canary, before] = [pdq(), sha('contributed before')];
    await send(body, [before]);
    await operator.post('/v1/signal-negatives', { kind: 'canary', entries: [{ type: 'pdq', value: canary }] });
    const hit = await body.post<Batch>('/v1/signals/batch', {
      labels: {},
      signals: [...lines([flip(canary, 4)], 'pdq'), ...lines([sha('beside it')])],
    });
    expect(hit.body).toMatchObject({ contributed: 0, quarantined: 2 });
    expect(JSON.stringify(hit.body)).not.toMatch(/canary/i);
    const trust = (await operator.get<{ items: TrustView[] }>('/v1/signal-trust?limit=200')).body.items;
    expect(trust.find(({ organisation }) => organisation.id === body.organisation.id)).toMatchObject({ level: 'new' });
    await eventually(async () => (await waiting(body.organisation)).length === 2);
    const batches = await waiting(body.organisation);
    const items = (await Promise.all(batches.map(({ id }) => itemsOf(id)))).flat();
    expect(items.map(({ reason, state, value }) => `${reason} ${state} ${value}`).toSorted()).toEqual([
      `canary quarantined ${flip(canary, 4)}`,
      `with_canary quarantined ${sha('beside it')}`,
      `with_canary standing ${before}`,
    ]);
    const kindsFor = async (person: Person) =>
      (await person.get<{ entries: { entry: { kind: string } }[] }>('/v1/feed?after=-1&limit=500')).body;
    await eventually(async () => JSON.stringify(await kindsFor(operator)).includes('signal.canary-hit'));
    expect(JSON.stringify(await kindsFor(body))).not.toMatch(/canary/);
    const review = batches.find(({ reasons }) => reasons.with_canary === 1 && !reasons.canary)!;
    const held = await operator.post<QuarantineDecision>(`/v1/signal-quarantine/${review.id}/hold`, {
      reason: 'until seen',
    });
    expect(held.body.decided).toBe(1);
    expect(await matches(before)).toBe(0);
  });

  it('rolls back everything that one contributor added; what others stand behind goes on matching', async () => {
    const [poisoner, honest] = [await contributor(), await contributor()];
    const [old, shared, own] = [sha('old'), sha('shared'), sha('own')];
    await send(poisoner, [old]);
    world.clock.advance(60_000);
    const since = world.clock.now().toISOString();
    await send(poisoner, [shared, own]);
    await send(honest, [shared]);
    const path = `/v1/organisations/${poisoner.organisation.id}/roll-back-signals`;
    expect((await operator.post(path, { since, reason: 'its account was taken over' })).status).toBe(202);
    // Another question than the one that was asked: everything, instead of what came since.
    expect((await operators[1].post(path, { reason: 'its account was taken over' })).status).toBe(202);
    const done = await operators[1].post<RollBackAnswer>(path, { since, reason: 'agreed' });
    expect(done.body).toMatchObject({ contributions: 2, tombstones: 1, supportedByOthers: 1 });
    expect(await Promise.all([old, shared, own].map((value) => matches(value)))).toEqual([1, 1, 0]);
    const all = await operator.post<RollBackAnswer>(path, { reason: 'all of it' });
    expect(all.body).toMatchObject({ contributions: 1, tombstones: 1 });
    expect(await matches(old)).toBe(0);
    expect(
      (
        await operator.post('/v1/organisations/019b0000-0000-7000-8000-000000000001/roll-back-signals', {
          reason: 'nobody',
        })
      ).status,
    ).toBe(404);
  });

  it('answers from the database what it has not loaded yet, and hears of negatives that another node added', async () => {
    const fresh = new NegativeIndex(world.app.get(Work), world.app.get(LedgerFollow));
    const value = pdq();
    await operator.post('/v1/signal-negatives', {
      kind: 'harmless',
      entries: [{ type: 'pdq', value, note: 'a card' }],
    });
    expect(fresh.loaded).toBe(false);
    const asked = [
      { type: 'pdq', value: flip(value, 20) },
      { type: 'pdq', value: pdq() },
    ] as const;
    const cold = await fresh.hitsOf(asked);
    expect(cold[0]).toEqual({ harmless: { note: 'a card', distance: 20 }, canary: false, corpus: 0 });
    fresh.onApplicationBootstrap();
    await eventually(() => fresh.loaded);
    expect(await fresh.hitsOf(asked)).toEqual(cold);
    const later = pdq();
    const canary = { type: 'pdq', value: later } as const;
    await operator.post('/v1/signal-negatives', { kind: 'canary', entries: [canary] });
    await eventually(async () => (await fresh.hitsOf([canary]))[0]!.canary);
    await fresh.onModuleDestroy();
  });

  it.each([
    ['/v1/signal-trust', { organisationId: 'x', level: 'new', note: 'abc' }],
    ['/v1/signal-trust', { organisationId: '019b0000-0000-7000-8000-000000000001', level: 'new', note: 'abc' }],
    ['/v1/signal-trust', { organisationId: '019b0000-0000-7000-8000-000000000001', level: 'best', note: 'abc' }],
    ['/v1/signal-negatives', { kind: 'bad', entries: [{}] }],
    ['/v1/signal-negatives', { kind: 'harmless', entries: [] }],
    ['/v1/signal-negatives', { kind: 'harmless', entries: Array.from({ length: 10_001 }, () => ({})) }],
    ['/v1/signal-negatives/remove', { ids: ['x'], reason: 'abc' }],
  ])('refuses a wrong call of %s', async (path, body) => {
    const answer = await operator.post<Problem>(path, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });

  it('refuses a list of which nothing can be taken, and a file that is none', async () => {
    const none = await operator.post<Problem>('/v1/signal-negatives', {
      kind: 'harmless',
      entries: [{ value: 'x' }, 4],
    });
    expect([none.status, none.body.code]).toEqual([422, 'signal-negative.unusable']);
    for (const content of ['', '"', new Uint8Array([0xff, 0xfe, 0x00])]) {
      const form = new FormData();
      form.set('about', JSON.stringify({ kind: 'corpus' }));
      form.append('file', new Blob([content]), 'list.csv');
      const answer = await operator.form<Problem>('/v1/signal-negatives/upload', form);
      expect([answer.status, answer.body.code]).toEqual([422, 'signal-negative.unusable']);
    }
    const without = new FormData();
    without.set('about', JSON.stringify({ kind: 'corpus' }));
    expect((await operator.form('/v1/signal-negatives/upload', without)).status).toBe(400);
  });

  it('lets SQL as the app role write neither trust, nor negatives, nor its way out of quarantine', async () => {
    const body = await contributor({ hourlyFlood: 0 });
    await send(body, [sha('held for SQL')]);
    const client = new Client(world.database.app);
    await client.connect();
    const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    const scope = signScope(world.database.scopeKey, body.organisation.id, null, pid);
    const other = moderator.organisation.id;
    for (const statement of [
      `insert into signal_trust (organisation_id, level, changed_at) values ('${body.organisation.id}', 'trusted', now())`,
      `update signal_trust set level = 'trusted', daily_quota = null`,
      `select signal_distrust('${other}', now())`,
      `insert into signal_negative (id, kind, type, value, added_at, added_entry_id) values (gen_random_uuid(), 'harmless', 'sha256', '${sha('x')}', now(), gen_random_uuid())`,
      `update signal_usage set contributed = 0`,
      `delete from signal_usage`,
      `select * from signal_negative`,
      `update signal_negative set removed_at = now(), removed_entry_id = gen_random_uuid()`,
      `update signal_quarantine_item set outcome = 'released', decided_at = now()`,
      `select * from signal_quarantine_item`,
      `insert into signal_quarantine (id, organisation_id, made_at) values (gen_random_uuid(), '${other}', now())`,
      `update signal_contribution set state = 'standing'`,
      `select * from signal_hold_contributions(array(select id from signal_contribution where state = 'quarantined'), false)`,
    ]) {
      await client.query('begin');
      await client.query(`select set_config('app.scope', $1, true)`, [scope]);
      const outcome = await client.query(statement).then(
        ({ rowCount }) => rowCount,
        (error: { code?: string }) => error.code,
      );
      await client.query('rollback');
      expect([statement, outcome === 0 || outcome === '42501']).toEqual([statement, true]);
    }
    await client.end();
  });
});
