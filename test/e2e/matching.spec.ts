import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDataSourceToken } from '@nestjs/typeorm';
import sharp from 'sharp';
import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import { Work, WORKER_SOURCE } from '../../src/infra/database/work';
import { vpdqDigest, type VpdqFrame } from '../../src/perceptual/vpdq';
import type { Actor } from '../../src/infra/database/actor';
import { Directory } from '../../src/signals/matching/directory.service';
import { Matching } from '../../src/signals/matching/matching.service';
import type { BatchMatchAnswer, FileMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import { MatchLog } from '../../src/signals/matching/match-log.service';
import { MatchRetention } from '../../src/signals/matching/match-retention.service';
import { QueryBudget } from '../../src/signals/matching/query-budget.service';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Answer, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import * as images from '../support/images';

const pdq = randomHash;
const DAY_MS = 86_400_000;

/** Other bits, `bits` of them. */
function flip(hash: string, bits: number): string {
  const bytes = Buffer.from(hash, 'hex');
  for (let bit = 0; bit < bits; bit++) bytes[(bit * 7) % 32]! ^= 1 << (Math.floor((bit * 7) / 32) % 8);
  return bytes.toString('hex');
}

const distance = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;

async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await check()) return;
    await sleep(25);
  }
  throw new Error('it never came true');
}

function formOf(bytes: Buffer): FormData {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), 'picture.jpg');
  return form;
}

interface Problem {
  readonly code: string;
  readonly errors?: { pointer: string; detail: string }[];
  readonly resetsAt?: string;
  readonly left?: number;
}

describe('matching', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let curator: Person;
  let second: NestFastifyApplication;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    second = await createApp({
      config: { ...world.config, worker: false },
      clock: world.clock,
      connections: {
        app: dataSourceOptions(world.database.urls.app, 4),
        worker: dataSourceOptions(world.database.urls.worker, 2),
        scopeKey: world.database.scopeKey,
      },
    });
    await eventually(() => world.app.get(SignalIndex).loaded && second.get(SignalIndex).loaded);
  });
  afterAll(async () => {
    await second.close();
    await world.close();
  });

  const lookUp = (person: Person, type: string, value: string, radius?: number): Promise<Answer<MatchAnswer>> =>
    person.get(`/v1/signals/match?type=${type}&value=${value}${radius === undefined ? '' : `&radius=${radius}`}`);

  const batch = <T = BatchMatchAnswer>(person: Person, body: unknown): Promise<Answer<T>> =>
    person.post<T>('/v1/signals/match/batch', body);

  async function contribute(person: Person, signal: Record<string, unknown>): Promise<SignalView> {
    const made = await person.post<SignalView>('/v1/signals', { labels: {}, ...signal });
    expect(made.status).toBe(201);
    return made.body;
  }

  /** The same question to the second node, with this credential. */
  async function atSecond(token: string, value: string): Promise<{ status: number; body: MatchAnswer }> {
    const answer = await second.inject({
      url: `/v1/signals/match?type=pdq&value=${value}`,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** Both pools refuse every connection while the work runs. */
  async function withoutDatabase(work: () => Promise<void>): Promise<void> {
    const pools = [getDataSourceToken(), getDataSourceToken(WORKER_SOURCE)].map(
      (token) => (world.app.get<DataSource>(token).driver as unknown as { master: { connect: unknown } }).master,
    );
    const kept = pools.map((pool) => pool.connect);
    for (const pool of pools) {
      pool.connect = (callback: (error: Error) => void) => callback(new Error('there is no database'));
    }
    try {
      await work();
    } finally {
      pools.forEach((pool, at) => (pool.connect = kept[at]));
    }
  }

  async function newKey(of: Person): Promise<{ id: string; key: string }> {
    const expiresAt = new Date(world.clock.now().getTime() + 30 * DAY_MS).toISOString();
    const body = { name: 'uploads', permissions: ['signal.query'], expiresAt };
    const made = await of.post<{ id: string; key: string }>('/v1/api-keys', body);
    expect(made.status).toBe(201);
    return made.body;
  }

  it('lets another node match what was added here, and no more once it was withdrawn', async () => {
    const value = pdq();
    const { id } = await contribute(curator, { type: 'pdq', value });
    await eventually(async () => {
      const { body } = await atSecond(moderator.token, flip(value, 12));
      return body.matches.some((match) => match.signalId === id && match.distance === 12);
    });
    await curator.post(`/v1/signals/${id}/withdraw`, { reason: 'a mistake' });
    expect((await lookUp(moderator, 'pdq', value)).body.matches).toEqual([]);
    await eventually(async () => (await atSecond(moderator.token, value)).body.matches.length === 0);
  });

  it('makes no call to the database for a look-up, with or without a match', async () => {
    const known = pdq();
    const { id } = await contribute(curator, { type: 'pdq', value: known, labels: { category: 'instruction' } });
    const { key } = await newKey(moderator);
    const ask = (url: string) => world.send<MatchAnswer>('GET', url, undefined, { authorization: `Bearer ${key}` });
    expect((await ask(`/v1/signals/match?type=pdq&value=${known}`)).status).toBe(200);
    await withoutDatabase(async () => {
      for (let n = 0; n < 20; n++) {
        const hit = await ask(`/v1/signals/match?type=pdq&value=${flip(known, n)}`);
        expect(hit.body.matches).toMatchObject([{ signalId: id, distance: n, labels: { category: 'instruction' } }]);
        const miss = await ask(`/v1/signals/match?type=sha256&value=${pdq()}`);
        expect(miss).toMatchObject({ status: 200, body: { matches: [], freshness: { source: 'index' } } });
      }
      const many = await world.send<BatchMatchAnswer>('POST', '/v1/signals/match/batch', { type: 'pdq', values: [known] }, {
        authorization: `Bearer ${key}`,
      }); // prettier-ignore
      expect(many.body.matches).toHaveLength(1);
      // And says how far behind it may be, more and more: a look at the ledger that was under way may still have come back.
      await eventually(async () => {
        const { freshness } = (await ask(`/v1/signals/match?type=pdq&value=${known}`)).body;
        return freshness.behindMs >= 300;
      });
      // Anything else asks the database whether the credential still stands.
      expect((await ask('/v1/platforms')).status).toBeGreaterThanOrEqual(500);
    });
  });

  it('ends a revoked key at the next look-up here, and at once after the ledger tells on another node', async () => {
    const { id, key } = await newKey(moderator);
    const here = () => world.send('GET', `/v1/signals/match?type=pdq&value=${pdq()}`, undefined, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect((await here()).status).toBe(200);
    expect((await atSecond(key, pdq())).status).toBe(200);
    await moderator.post(`/v1/api-keys/${id}/revoke`);
    expect((await here()).status).toBe(401);
    await eventually(async () => (await atSecond(key, pdq())).status === 401);
  });

  it('refuses an expired key on a hot route although it was recognised a moment ago', async () => {
    const { key } = await newKey(moderator);
    const ask = () => world.send('GET', `/v1/signals/match?type=pdq&value=${pdq()}`, undefined, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect((await ask()).status).toBe(200);
    const before = world.clock.now();
    world.clock.set(new Date(before.getTime() + 31 * DAY_MS));
    expect((await ask()).status).toBe(401);
    world.clock.set(before);
  });

  it('catches a picture that was recompressed, resized, greyscaled or watermarked, and not another one', async () => {
    const original = await images.sceneJpeg(51);
    const asked = await analyst.form<FileMatchAnswer>('/v1/signals/match', formOf(original));
    const { hash, quality } = asked.body.image!.pdq;
    const { id } = await contribute(curator, { type: 'pdq', value: hash, quality });
    const changed = {
      recompressed: await images.recompressed(original, 40),
      resized: await images.resized(original),
      greyscaled: await images.greyscaled(original),
      watermarked: await images.watermarked(original),
    };
    const found: Record<string, unknown> = {};
    for (const [how, bytes] of Object.entries(changed)) {
      const answer = await moderator.form<FileMatchAnswer>('/v1/signals/match', formOf(bytes));
      found[how] = answer.body.matches.map(({ signalId }) => signalId);
    }
    expect(found).toEqual({ recompressed: [id], resized: [id], greyscaled: [id], watermarked: [id] });
    const other = await moderator.form<FileMatchAnswer>('/v1/signals/match', formOf(await images.sceneJpeg(52)));
    expect(other.body).toMatchObject({ matches: [], matchable: 'perceptual' });
  });

  it('answers a batch as it answers each of its questions', async () => {
    const values = Array.from({ length: 12 }, pdq);
    const digests = Array.from({ length: 6 }, pdq);
    for (const value of values) await contribute(curator, { type: 'pdq', value });
    for (const value of digests) await contribute(analyst, { type: 'sha256', value });
    await contribute(curator, { type: 'pdq', value: flip(values[0]!, 5) });
    const queries: { type: string; value: string; radius?: number }[] = [
      ...values.map((value, n) => ({ type: 'pdq', value: flip(value, n * 3) })),
      ...digests.map((value) => ({ type: 'sha256', value })),
      ...values.map((value) => ({ type: 'pdq', value: flip(value, 20), radius: 10 })),
      ...values.map((value) => ({ type: 'pdq', value: flip(value, 40), radius: 64 })),
      ...values.map(() => ({ type: 'sha512', value: randomBytes(64).toString('hex') })),
      { type: 'md5', value: randomBytes(16).toString('hex') },
    ];
    const many = await batch(moderator, { queries });
    expect(many).toMatchObject({ status: 200, body: { asked: queries.length, matchable: 'perceptual' } });
    const singles: unknown[] = [];
    for (const [query, { type, value, radius }] of queries.entries()) {
      const { body } = await lookUp(moderator, type, value, radius);
      singles.push(...body.matches.map((match) => ({ query, ...match })));
    }
    expect(singles.length).toBeGreaterThan(24);
    expect(many.body.matches).toEqual(singles);
    const uniform = await batch(moderator, { type: 'pdq', values: queries.slice(0, 12).map(({ value }) => value) });
    expect(uniform.body.matches).toEqual(many.body.matches.filter(({ query }) => query < 12));
  });

  it('finds every near hash of a thousand in a batch, and no other', async () => {
    const centre = pdq();
    const near = Array.from({ length: 60 }, (_, n) => flip(centre, n));
    const sent = near.map((value) => ({ type: 'pdq', value, labels: {} }));
    const made = await analyst.post<{ contributed: number }>('/v1/signals/batch', { signals: sent });
    expect(made.body.contributed).toBe(60);
    const values = [...Array.from({ length: 990 }, pdq), ...Array.from({ length: 10 }, (_, n) => flip(centre, n * 6))];
    const { body } = await batch(moderator, { type: 'pdq', values });
    const expected = values.flatMap((value, query) =>
      near.filter((each) => distance(each, value) <= 31).map((each) => `${query} ${each}`),
    );
    expect(body.matches.map(({ query, value }) => `${query} ${value}`).toSorted()).toEqual(expected.toSorted());
  });

  it('keeps of a question without a match a count alone, and matches for the asker alone', async () => {
    const value = pdq();
    const asker = await world.organisation('platform', `asker-${uuidv7().slice(-6)}`);
    const person = await world.person(asker, ['moderator']);
    const { id } = await contribute(curator, { type: 'pdq', value });
    await lookUp(person, 'pdq', flip(value, 3));
    await lookUp(person, 'pdq', flip(value, 3));
    await batch(person, { type: 'pdq', values: [value, pdq(), pdq()] });
    await world.app.get(MatchLog).flush();
    await world.app.get(QueryBudget).flush();
    const kept = await world.sql.query(
      `select signal_id, type, distance, action, source, sum(times)::int as times from signal_match where organisation_id = $1
       group by 1, 2, 3, 4, 5 order by source`,
      [asker.id],
    );
    const match = { signal_id: id, type: 'pdq', action: 'review' };
    expect(kept.rows).toEqual([
      { ...match, distance: 0, source: 'batch', times: 1 },
      { ...match, distance: 3, source: 'lookup', times: 2 },
    ]);
    const counts = await world.sql.query<{ asked: string; matched: string }>(
      'select asked, matched from signal_query_count where organisation_id = $1',
      [asker.id],
    );
    expect(counts.rows).toEqual([{ asked: '5', matched: '3' }]);
    const hashes = await world.sql.query<{ n: number }>(
      `select count(*)::int as n from signal_match m where m::text like '%' || $1 || '%'`,
      [flip(value, 3)],
    );
    expect(hashes.rows[0]!.n).toBe(0);
  });

  it('forgets matches of look-ups after thirty days, and after its day what one person asked', async () => {
    const value = pdq();
    const asker = await world.organisation('platform', `forgotten-${uuidv7().slice(-6)}`);
    const person = await world.person(asker, ['moderator']);
    await contribute(curator, { type: 'pdq', value });
    await lookUp(person, 'pdq', value);
    await world.app.get(MatchLog).flush();
    await world.app.get(QueryBudget).flush();
    const before = world.clock.now();
    const retention = world.app.get(MatchRetention);
    const left = async (): Promise<unknown> =>
      (
        await world.sql.query(
          `select (select count(*)::int from signal_match where organisation_id = $1) as matches,
             (select jsonb_agg(jsonb_build_array(person_id = $2, asked)) from signal_query_count where organisation_id = $1) as counts`,
          [asker.id, '00000000-0000-0000-0000-000000000000'],
        )
      ).rows[0];
    world.clock.set(new Date(before.getTime() + 29 * DAY_MS));
    await retention.forget();
    expect(await left()).toEqual({ matches: 1, counts: [[true, 1]] });
    world.clock.set(new Date(before.getTime() + 31 * DAY_MS));
    await retention.forget();
    expect(await left()).toEqual({ matches: 0, counts: [[true, 1]] });
    world.clock.set(before);
  });

  it('lets a person ask for 2,000 hashes a day on all nodes together, and says when it begins again', async () => {
    const organisation = await world.organisation('platform', `curious-${uuidv7().slice(-6)}`);
    const person = await world.person(organisation, ['moderator', 'admin']);
    const values = Array.from({ length: 1990 }, pdq);
    expect((await batch(person, { type: 'pdq', values })).status).toBe(200);
    const beyond = await batch<Problem>(person, { type: 'pdq', values: values.slice(0, 11) });
    expect(beyond).toMatchObject({ status: 429, body: { code: 'signals.budget-spent', left: 10 } });
    expect(beyond.body.resetsAt).toBe('2026-03-03T00:00:00.000Z');
    await world.app.get(QueryBudget).flush();
    const elsewhere = await second.inject({
      method: 'POST',
      url: '/v1/signals/match/batch',
      headers: { authorization: `Bearer ${person.token}` },
      payload: { type: 'pdq', values: values.slice(0, 11) },
    });
    expect(elsewhere.statusCode).toBe(429);
    expect((await batch(person, { type: 'pdq', values: values.slice(0, 10) })).status).toBe(200);
    const { key } = await newKey(person);
    const byKey = await world.send('POST', '/v1/signals/match/batch', { type: 'pdq', values }, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect(byKey.status).toBe(200);
    const before = world.clock.now();
    world.clock.set(new Date(before.getTime() + DAY_MS));
    expect((await lookUp(person, 'pdq', pdq())).status).toBe(200);
    world.clock.set(before);
  });

  it('says where a batch is wrong, the first hundred times, and asks nothing then', async () => {
    const good = pdq();
    const faults = async (body: unknown): Promise<string[]> => {
      const answer = await batch<Problem>(moderator, body);
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
      return answer.body.errors!.map(({ pointer }) => pointer);
    };
    expect(await faults({ type: 'pdq', values: [] })).toEqual(['/values']);
    expect(await faults({ queries: [] })).toEqual(['/queries']);
    expect(await faults({})).toEqual(['/queries']);
    expect(await faults([])).toEqual(['']);
    expect(await faults({ type: 'pdq', values: Array.from({ length: 10_001 }, () => good) })).toEqual(['/values']);
    expect(await faults({ type: 'phash', values: [good] })).toEqual(['/type']);
    expect(await faults({ type: 'pdq', radius: 65, values: [good] })).toEqual(['/radius']);
    expect(await faults({ type: 'sha256', radius: 1, values: [good] })).toEqual(['/radius']);
    expect(await faults({ type: 'pdq', values: [good], more: 1 })).toEqual(['/more']);
    const bad = [
      good,
      good.slice(1),
      good.toUpperCase().replace(/\d/g, 'A'),
      `${good.slice(1)}g`,
      `${good.slice(2)}\u00e9\u00e9`,
      5,
      null,
    ];
    expect((await faults({ type: 'pdq', values: bad })).toSorted()).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `/values/${n}`),
    );
    expect(await faults({ queries: [{ type: 'md5', value: good }, 7, { type: 'pdq', value: good, radius: 'x' }, { value: good }, { type: 'pdq', value: good, 'a/b': 1 }] })).toEqual([
      '/queries/0/value', '/queries/1', '/queries/2/radius', '/queries/3/type', '/queries/4/a~1b',
    ]); // prettier-ignore
    expect(await faults({ type: 'sha256', values: Array.from({ length: 5000 }, () => 'no') })).toHaveLength(100);
  });

  it('refuses a body of millions of lines before it has read it', async () => {
    const line = Buffer.from(`"${pdq()}",`);
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/signals/match/batch',
      headers: { authorization: `Bearer ${moderator.token}`, 'content-type': 'application/json' },
      payload: Buffer.concat([Buffer.from('{"type":"pdq","values":['), ...Array.from({ length: 150_000 }, () => line)]),
    });
    expect([answer.statusCode, answer.json<Problem>().code]).toEqual([413, 'request.too-large']);
  });

  it('sees in memory what row-level security lets the asker see, over random lists, members, contributions, opinions, disputes and feedback', async () => {
    const { sql } = world;
    const random = images.randomFrom(20_260_302);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const some = (from: readonly string[]): string[] => {
      const chosen = from.filter(() => random() < 0.35);
      return chosen.length > 0 ? chosen : [pick(from)];
    };
    const tag = uuidv7().slice(-6);
    const people: Person[] = [];
    for (let n = 0; n < 5; n++) {
      const organisation = await world.organisation(
        pick(['platform', 'authority', 'civil_society']),
        `body-${n}-${tag}`,
      );
      people.push(await world.person(organisation, ['supervisor']));
    }
    const bodies = people.map(({ organisation }) => organisation.id);
    const lists: string[] = ['00000000-0000-7000-8000-000000000001'];
    for (let n = 0; n < 6; n++) {
      const id = uuidv7();
      lists.push(id);
      await sql.query(
        `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, auto_action, created_at)
         values ($1, $2, $2, 'a test', $3, $4, $5, $6, now())`,
        [id, `list-${n}-${tag}`, pick(bodies), pick(['everyone', 'group', 'group', 'group']), pick(['clear', 'amber', 'red']), random() < 0.5],
      ); // prettier-ignore
      for (const body of bodies) {
        if (random() < 0.6) continue;
        await sql.query(
          `insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at, left_at) values ($1, $2, true, now(), $3)`,
          [id, body, random() < 0.3 ? new Date() : null],
        );
      }
    }
    const signals: { id: string; type: string; value: string }[] = [];
    const centre = pdq();
    for (let n = 0; n < 40; n++) {
      const type = pick(['pdq', 'pdq', 'blockhash', 'sha256']);
      const value = type === 'sha256' ? pdq() : flip(centre, n % 12).replace(/^../, type === 'pdq' ? 'aa' : 'bb');
      if (signals.some((each) => each.type === type && each.value === value)) continue;
      const id = uuidv7();
      signals.push({ id, type, value });
      await sql.query(
        `insert into signal (id, type, value, state, created_at, changed_at) values ($1, $2, $3, 'withdrawn', now(), now())`,
        [id, type, value],
      );
      for (let m = Math.floor(random() * 5); m >= 0; m--) {
        const state = pick(['standing', 'standing', 'standing', 'quarantined', 'withdrawn']);
        await sql.query(
          `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, severity, incident, reviewed, state,
             contributed_at, withdrawn_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, timestamptz '2026-01-01' + $10 * interval '1 millisecond', $11)
           on conflict do nothing`,
          [
            uuidv7(), id, pick(bodies), pick(lists), { category: pick(['threat', 'instruction', undefined]), behaviours: [pick(['recruitment', 'glorification'])] },
            pick(['low', 'critical', null]), pick(['incident-1', null]), random() < 0.5, state, Math.floor(random() * 1e10),
            state === 'withdrawn' ? new Date() : null,
          ],
        ); // prettier-ignore
      }
      for (const body of bodies) {
        if (random() < 0.7) continue;
        const opinion = pick(['confirm', 'dispute']);
        await sql.query(
          `insert into signal_opinion (id, signal_id, organisation_id, list_ids, opinion, reason, stated_at) values ($1, $2, $3, $4, $5, $6, now())`,
          [uuidv7(), id, body, some(lists), opinion, opinion === 'dispute' ? 'false_match' : null],
        );
        if (opinion === 'confirm' && random() < 0.7) continue;
        const state = pick(['open', 'open', 'open', 'rejected']);
        await sql.query(
          `insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, state, opened_at, due_at, closed_at)
           values ($1, $2, $3, $4, 'false_match', $5, now(), now(), $6)`,
          [uuidv7(), id, pick([body, body, null]), some(lists), state, state === 'open' ? null : new Date()],
        );
      }
      for (const body of bodies) {
        if (random() < 0.7) continue;
        await sql.query(
          `insert into signal_feedback (id, signal_id, organisation_id, list_ids, verdict, given_at) values ($1, $2, $3, $4, $5, now())`,
          [uuidv7(), id, body, some(lists), pick(['confirmed', 'false', 'already_known'])],
        );
      }
    }
    const index = world.app.get(SignalIndex);
    await world.app.get(Directory).refresh();
    await index.touch(signals.map(({ id }) => id));
    const cold = index as unknown as { isLoaded: boolean };
    let seen = 0;
    let hidden = 0;
    const kinds = new Set<string>();
    for (const person of people) {
      for (const { id, type, value } of signals) {
        const warm = (await lookUp(person, type, value)).body.matches;
        cold.isLoaded = false;
        const slow = (await lookUp(person, type, value)).body;
        cold.isLoaded = true;
        expect(slow.freshness.source).toBe('database');
        expect(warm).toEqual(slow.matches);
        const own = warm.find(({ signalId }) => signalId === id);
        if (own) seen++;
        else hidden++;
        const view = (await person.get<SignalView>(`/v1/signals/${id}`)).body;
        if (!own) continue;
        kinds.add(own.state);
        const { state, opinions, feedback } = own;
        expect({ state: view.state, opinions: view.opinions, feedback: view.feedback }).toEqual({
          state,
          opinions,
          feedback,
        });
        // The same once more as SQL alone, under the asker's policies.
        expect(
          (
            await person.get<{ items: SignalView[] }>(`/v1/signals?state=${state}&type=${type}&limit=100`)
          ).body.items.map((each) => each.id),
        ).toContain(id);
      }
    }
    expect([...kinds].toSorted()).toEqual(['active', 'disputed', 'provisional']);
    // The test would prove little if everybody saw everything.
    expect([seen > 50, hidden > 20]).toEqual([true, true]);
  });

  it('misses nothing that changes while it loads', async () => {
    const { sql } = world;
    const bulk = await world.organisation('civil_society', `bulk-${uuidv7().slice(-6)}`);
    const keeper = await world.person(bulk, ['curator']);
    await sql.query('begin');
    await sql.query('set local session_replication_role = replica');
    await sql.query(
      `insert into signal (id, type, value, state, reviewed, created_at, changed_at)
       select uuidv7(), 'pdq', encode(sha256(('loaded' || n)::bytea), 'hex'), 'active', true, now(), now() from generate_series(1, 25000) n`,
    );
    await sql.query(
      `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, reviewed, state, contributed_at)
       select uuidv7(), s.id, $1, $2, '{}', true, 'standing', now() - interval '60 days' from signal s
       where not exists (select from signal_contribution c where c.signal_id = s.id)`,
      [bulk.id, '00000000-0000-7000-8000-000000000001'],
    );
    await sql.query('commit');
    const { rows } = await sql.query<{ id: string; value: string }>(
      `select id, value from signal where value in (select encode(sha256(('loaded' || n * 1000)::bytea), 'hex') from generate_series(1, 25) n)`,
    );
    const before = await Promise.all(
      Array.from({ length: 6 }, () => contribute(curator, { type: 'pdq', value: pdq() })),
    );
    const index = new SignalIndex(world.app.get(Work), world.app.get(LedgerFollow), world.app.get(Directory));
    index.onApplicationBootstrap();
    const [left, gone] = [rows.slice(0, 12), rows.slice(12)];
    const made: SignalView[] = [];
    for (const [n, { id }] of gone.entries()) {
      expect((await keeper.post(`/v1/signals/${id}/withdraw`, { reason: 'a mistake' })).status).toBe(200);
      if (n % 2 === 0) made.push(await contribute(curator, { type: 'pdq', value: pdq() }));
    }
    const standing = [...before, ...made, ...left];
    const knows = (value: string): boolean => index.near('pdq', value, 0).length === 1;
    await eventually(
      () => index.loaded && standing.every(({ value }) => knows(value!)) && !gone.some(({ value }) => knows(value)),
    );
    expect(index.store.sizeOf('pdq')).toBe(
      (
        await sql.query<{ n: number }>(
          `select count(*)::int as n from signal where type = 'pdq' and state <> 'withdrawn'`,
        )
      ).rows[0]!.n,
    );
    await index.onModuleDestroy();
  });

  it('acts by the policy of the asker, and blocks on the exact hash of a reviewed item alone without one', async () => {
    const [digest, picture] = [pdq(), pdq()];
    await contribute(curator, { type: 'sha256', value: digest, reviewed: true });
    await contribute(curator, { type: 'pdq', value: picture, quality: 90, reviewed: true });
    const exact = await lookUp(moderator, 'sha256', digest);
    expect(exact.body.matches).toMatchObject([
      { action: 'block', because: 'reviewed exact hash', policyVersion: null },
    ]);
    const near = await lookUp(moderator, 'pdq', picture);
    expect(near.body.matches).toMatchObject([{ action: 'review', because: 'everything else' }]);
    const own = await world.organisation('platform', `own-way-${uuidv7().slice(-6)}`);
    const person = await world.person(own, ['moderator']);
    await world.sql.query(
      `insert into signal_policy (id, organisation_id, version, name, rules, state, made_at, enforced_at) values ($1, $2, 3, 'ours', $3, 'in_force', now(), now())`,
      [uuidv7(), own.id, JSON.stringify([{ name: 'near enough', action: 'block', maxDistance: 12 }])],
    );
    await world.app.get(Directory).refresh();
    const strict = await lookUp(person, 'pdq', flip(picture, 12));
    expect(strict.body.matches).toMatchObject([{ action: 'block', because: 'near enough', policyVersion: 3 }]);
    const far = await lookUp(person, 'pdq', flip(picture, 13));
    expect(far.body.matches).toMatchObject([{ action: 'ignore', because: 'no rule' }]);
  });

  it('finds a part of a known video by its frames, from memory and from the database alike', async () => {
    const frames = Array.from({ length: 30 }, (_, frame) => ({ hash: pdq(), quality: 80, frame, atMs: frame * 1000 }));
    const made = await curator.post<SignalView>('/v1/signals', {
      type: 'vpdq',
      value: vpdqDigest(frames),
      labels: {},
      frames: frames.map(({ hash, quality, atMs }) => ({ hash, quality, atMs })),
    });
    expect([made.status, made.body]).toMatchObject([201, { type: 'vpdq' }]);
    const actor = { ...ACTOR, organisationId: moderator.organisation.id };
    const matching = world.app.get(Matching);
    const ask = (asked: readonly VpdqFrame[]) => matching.byFile(actor, { frames: asked });
    const cut = frames.slice(5, 15).map((each) => ({ ...each, hash: flip(each.hash, 6) }));
    const warm = await ask(cut);
    expect(warm.matches).toMatchObject([
      {
        signalId: made.body.id,
        type: 'vpdq',
        distance: 6,
        vpdq: { queryPercent: 100, comparedPercent: (100 * 10) / 30 },
      },
    ]);
    const index = world.app.get<unknown>(SignalIndex) as { isLoaded: boolean };
    index.isLoaded = false;
    const cold = await ask(cut);
    index.isLoaded = true;
    expect(cold.matches).toEqual(warm.matches);
    const strangers = Array.from({ length: 10 }, (_, n) => (n < 7 ? cut[n]! : { ...cut[n]!, hash: pdq() }));
    expect((await ask(strangers)).matches).toEqual([]);
    const digest = await lookUp(moderator, 'vpdq', made.body.value!);
    expect(digest.body.matches).toMatchObject([{ signalId: made.body.id, distance: 0 }]);
    await curator.post(`/v1/signals/${made.body.id}/withdraw`, { reason: 'a mistake' });
    expect((await ask(cut)).matches).toEqual([]);
  });

  it('finds a turned picture when its turns are asked for, and says which', async () => {
    const original = await images.sceneJpeg(53);
    const asked = await analyst.form<FileMatchAnswer>('/v1/signals/match', formOf(original));
    const { hash, quality } = asked.body.image!.pdq;
    const { id } = await contribute(curator, { type: 'pdq', value: hash, quality });
    const turned = await sharp(original).rotate(90).jpeg().toBuffer();
    const plain = await moderator.form<FileMatchAnswer>('/v1/signals/match', formOf(turned));
    expect(plain.body.matches).toEqual([]);
    const all = await moderator.form<FileMatchAnswer>('/v1/signals/match?variants=dihedral,letterbox', formOf(turned));
    expect(all.body.matches).toMatchObject([{ signalId: id, variant: expect.stringMatching(/^rotate/) }]);
    const wrong = await moderator.form<Problem>('/v1/signals/match?variants=upside-down', formOf(turned));
    expect(wrong.body.errors).toMatchObject([{ pointer: '/variants' }]);
  });
});

const ACTOR: Actor = {
  organisationId: '',
  organisationKind: 'platform',
  personId: null,
  via: 'api-key',
  name: 'uploads',
  office: null,
  permissions: new Set(),
};
