import { setTimeout as sleep } from 'node:timers/promises';
import { MediaHashing, type MediaHashes } from '../../src/infra/media/media-hashing';
import { BatchSearch, type BatchFound } from '../../src/signals/matching/batch-search.service';
import { SEES_WHAT_IT_IS_GIVEN } from '../../src/signals/matching/known-signal';
import type { BatchMatchAnswer } from '../../src/signals/matching/match.dto';
import { startWorld, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { newKey } from '../support/matching';
import { eventually } from '../support/referral';
import { until, untilLoaded } from '../support/signals';

const BATCH = '/v1/signals/match/batch';

const NOTHING_TO_SEE: MediaHashes = {
  type: 'text/plain',
  kind: 'other',
  image: null,
  video: null,
  pdf: null,
  matchable: 'exact only: not an image',
  fault: null,
};

/** Bits beside the hash, another for each number below 31. */
function beside(hash: string, number: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes[number]! ^= 1;
  return bytes.toString('hex');
}

describe('a batch about hashes on a list that its asker may not read', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await untilLoaded(world);
  });
  afterAll(() => world.close());

  it('is answered as if they were not there, however many they are', async () => {
    const { moderator } = await world.cast();
    const watchers = await world.organisation('civil_society', 'watchers');
    const curator = await world.person(watchers, ['curator']);
    const list = await curator.post<{ id: string }>('/v1/signal-lists', {
      slug: 'ours-alone',
      name: 'Ours alone',
      purpose: 'what only we look at',
      sharing: 'group',
      tlp: 'red',
    });
    expect(list.status).toBe(201);
    const value = randomHash();
    const signals = Array.from({ length: 12 }, (_, n) => ({ type: 'pdq', value: beside(value, n) }));
    const made = await curator.post<{ contributed: number }>('/v1/signals/batch', { listId: list.body.id, signals });
    expect(made.body).toMatchObject({ contributed: 12 });
    const { key } = await newKey(world, moderator);
    const values = Array.from({ length: 10_000 }, () => value);
    const headers = { authorization: `Bearer ${key}` };
    const answer = await world.send<BatchMatchAnswer>('POST', BATCH, { type: 'pdq', values }, headers);
    expect([answer.status, answer.body.asked, answer.body.matches]).toEqual([200, 10_000, []]);
  });
});

describe('batches', () => {
  let world: World;
  let address: string;
  let moderator: Person;
  let other: Person;

  beforeAll(async () => {
    world = await startWorld();
    await untilLoaded(world);
    ({ moderator } = await world.cast());
    other = await world.person(await world.organisation('platform', 'quay'), ['moderator']);
    address = await world.listen();
  });
  afterAll(() => world.close());

  const NOTHING: BatchFound = {
    answered: [],
    asker: SEES_WHAT_IT_IS_GIVEN,
    freshness: { source: 'index', through: 0, behindMs: 0 },
  };

  function send(person: Person, signal?: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'pdq', values: [randomHash()] });
    return fetch(`${address}${BATCH}`, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
  }

  it('are searched four at a time of one organisation, given up when the sender hangs up, and refused when many wait', async () => {
    const signals: AbortSignal[] = [];
    const waiting: (() => void)[] = [];
    const finish = (): void => waiting.splice(0).forEach((go) => go());
    const spy = jest.spyOn(world.app.get(BatchSearch), 'find').mockImplementation((_actor, _questions, signal) => {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        waiting.push(() => resolve(NOTHING));
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
    const leaving = new AbortController();
    const gone = send(moderator, leaving.signal).catch(() => 'gone');
    await until(() => signals.length === 1);
    const many = Array.from({ length: 35 }, () => send(moderator));
    await until(() => signals.length === 4);
    const statuses: number[] = [];
    for (const one of many) void one.then(({ status }) => statuses.push(status));
    const refused = await eventually(() => send(moderator), ({ status }) => status === 503); // prettier-ignore
    expect(await refused.json()).toMatchObject({ code: 'request.unavailable' });
    const theirs = send(other);
    await until(() => signals.length === 5);
    leaving.abort();
    expect(await gone).toBe('gone');
    await until(() => signals.filter(({ aborted }) => aborted).length === 1);
    await until(() => {
      finish();
      return statuses.length === many.length;
    });
    expect((await theirs).status).toBe(200);
    expect(statuses).toEqual(many.map(() => 200));
    spy.mockRestore();
  });

  it('that would have more than twenty thousand matches are refused as a whole', async () => {
    const curator = await world.person(await world.organisation('civil_society', 'many'), ['curator']);
    const value = randomHash();
    const signals = ['1', '2', '4'].map((digit) => ({ type: 'pdq', value: digit + value.slice(1), quality: 90 }));
    const made = await curator.post<{ contributed: number }>('/v1/signals/batch', { signals });
    expect(made.body).toMatchObject({ contributed: 3 });
    const values = Array.from({ length: 10_000 }, () => value);
    const { key } = await newKey(world, moderator);
    const headers = { authorization: `Bearer ${key}` };
    const answer = await world.send<{ code: string }>('POST', BATCH, { type: 'pdq', values }, headers);
    expect([answer.status, answer.body.code]).toEqual([422, 'signals.too-many-matches']);
  });
});

describe('files to be matched', () => {
  let world: World;
  let address: string;
  let moderator: Person;
  let other: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
    other = await world.person(await world.organisation('platform', 'quay'), ['moderator']);
    address = await world.listen();
  });
  afterAll(() => world.close());

  function send(person: Person, signal?: AbortSignal): Promise<Response> {
    const body = new FormData();
    body.set('file', new Blob(['plain words']), 'words.txt');
    const headers = { authorization: `Bearer ${person.token}` };
    return fetch(`${address}/v1/signals/match`, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
  }

  /** Files that are hashed for as long as the test likes, or until they are given up. */
  function endless(): { signals: (AbortSignal | undefined)[]; finish: () => void; restore: () => void } {
    const signals: (AbortSignal | undefined)[] = [];
    const waiting: (() => void)[] = [];
    const spy = jest.spyOn(world.app.get(MediaHashing), 'hash').mockImplementation((_file, { signal } = {}) => {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        waiting.push(() => resolve(NOTHING_TO_SEE));
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
    return { signals, finish: () => waiting.splice(0).forEach((go) => go()), restore: () => spy.mockRestore() };
  }

  it('are given up when their sender hangs up, and not before', async () => {
    const { signals, finish, restore } = endless();
    const leaving = new AbortController();
    const gone = send(moderator, leaving.signal).catch(() => 'gone');
    const stays = send(moderator);
    await until(() => signals.length === 2);
    leaving.abort();
    expect(await gone).toBe('gone');
    await until(() => signals.some((signal) => signal?.aborted));
    expect(signals.filter((signal) => signal?.aborted)).toHaveLength(1);
    finish();
    expect((await stays).status).toBe(200);
    restore();
  });

  it('are read four at a time of one organisation, which does not hold up another’s', async () => {
    const { signals, finish, restore } = endless();
    const many = Array.from({ length: 7 }, () => send(moderator));
    await until(() => signals.length >= 4);
    const theirs = send(other);
    await until(() => signals.length >= 5);
    await sleep(100);
    expect(signals).toHaveLength(5);
    finish();
    expect((await theirs).status).toBe(200);
    await until(() => signals.length === 8);
    finish();
    expect((await Promise.all(many)).map(({ status }) => status)).toEqual(Array(7).fill(200));
    restore();
  });
});
