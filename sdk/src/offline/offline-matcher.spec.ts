import * as fc from 'fast-check';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hammingDistance } from '../../../src/perceptual/hamming';
import { Clepsydra } from '../clepsydra';
import { ProblemError } from '../errors';
import { OfflineMatcher, type OfflineOptions } from './offline-matcher';
import { TestingFeed, type FedSignal } from './testing-feed';

const hex = (seed: number, digits = 64): string => {
  let [state, text] = [(seed + 1) >>> 0, ''];
  while (text.length < digits) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += (state >>> 8).toString(16).padStart(6, '0');
  }
  return text.slice(0, digits);
};
/** The hash with `bits` of its bits turned, from the end. */
const turned = (hash: string, bits: number): string => {
  const mask = (1n << BigInt(bits)) - 1n;
  return (BigInt(`0x${hash}`) ^ mask).toString(16).padStart(64, '0');
};
const pdq = (id: number, more: Partial<FedSignal> = {}): FedSignal => ({
  signalId: `signal-${String(id).padStart(5, '0')}`,
  type: 'pdq',
  value: hex(id),
  ...more,
});

let feed: TestingFeed;
let client: Clepsydra;
let folder: string;

beforeEach(async () => {
  feed = await TestingFeed.start();
  client = new Clepsydra({ baseUrl: feed.url, pause: () => Promise.resolve() });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-offline-'));
});
afterEach(async () => {
  await feed.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const open = (more: Partial<OfflineOptions> = {}): OfflineMatcher => OfflineMatcher.open({ folder, ...more });
const ids = (matches: readonly { signalId: string }[]): string[] => matches.map(({ signalId }) => signalId);
const recordsFile = (): string => {
  const name = fs.readdirSync(folder).find((each) => each.endsWith('.jsonl'));
  return path.join(folder, name ?? 'none');
};

describe('syncing', () => {
  it('takes the whole feed in pages, then only what is new, and asks for gzip', async () => {
    feed.pageSize = 10;
    feed.tell(...Array.from({ length: 25 }, (_, id) => pdq(id)));
    const matcher = open();
    expect(await matcher.sync(client)).toMatchObject({ changed: 25, withdrawn: 0, refetched: null, size: 25 });
    expect(feed.asked.map(({ cursor }) => cursor)).toEqual([null, '1:10', '1:20']);
    expect(feed.asked.every(({ encoding }) => encoding.includes('gzip'))).toBe(true);
    feed.tell(pdq(99));
    expect(await matcher.sync(client)).toMatchObject({ changed: 1, size: 26 });
    expect(feed.asked.at(-1)?.cursor).toBe('1:25');
  });

  it('names the lists that it wants, and refuses a folder that holds a copy of others', async () => {
    feed.tell(pdq(1));
    await open({ lists: ['b', 'a', 'b'] }).sync(client);
    expect(feed.asked[0]?.lists).toBe('a,b');
    expect(() => open({ lists: ['a'] })).toThrow(/copy of other lists/);
  });

  it('refuses to mix the lists of two servers', async () => {
    feed.tell(pdq(1));
    await open().sync(client);
    const other = new Clepsydra({ baseUrl: feed.url.replace('127.0.0.1', 'localhost') });
    await expect(open().sync(other)).rejects.toThrow(/holds a copy of http/);
  });

  it('matches after a restart without asking the server anything', async () => {
    feed.tell(pdq(1), pdq(2));
    await open().sync(client);
    const asked = feed.asked.length;
    expect(ids(open().match([{ type: 'pdq', value: hex(2) }]))).toEqual(['signal-00002']);
    expect(feed.asked).toHaveLength(asked);
  });

  it('goes on where an interrupted sync stopped, and does not match before the first is whole', async () => {
    feed.pageSize = 10;
    feed.tell(...Array.from({ length: 30 }, (_, id) => pdq(id)));
    feed.failsAfterPages = 2;
    await expect(open().sync(client)).rejects.toThrow(ProblemError);
    expect(() => open().match([{ type: 'pdq', value: hex(1) }])).toThrow(/first sync did not finish/);
    feed.failsAfterPages = Number.POSITIVE_INFINITY;
    const matcher = open();
    expect(await matcher.sync(client)).toMatchObject({ changed: 10, size: 30 });
    expect(feed.asked.at(-1)?.cursor).toBe('1:20');
    expect(matcher.syncedAt).toBeInstanceOf(Date);
  });

  it('asks again for a page that broke off, and takes nothing of half a page', async () => {
    feed.tell(...Array.from({ length: 50 }, (_, id) => pdq(id)));
    feed.breaks = 1;
    expect(await open().sync(client)).toMatchObject({ changed: 50, size: 50, malformed: 0 });
    feed.tell(pdq(60));
    feed.breaks = 99;
    const matcher = open();
    await expect(matcher.sync(client)).rejects.toThrow(/breaks off/);
    expect(matcher.size).toBe(50);
  });

  it('fetches everything anew when the server no longer knows the cursor', async () => {
    feed.tell(pdq(1), pdq(2));
    const matcher = open();
    await matcher.sync(client);
    feed.epoch = 2;
    feed.log.splice(0);
    feed.tell(pdq(2), pdq(3));
    expect(await matcher.sync(client)).toMatchObject({ refetched: expect.stringContaining('cursor'), size: 2 });
    expect(matcher.match([{ type: 'pdq', value: hex(1) }])).toEqual([]);
  });

  it('is not stopped by bad records, nor by types that it does not compare', async () => {
    feed.tell(pdq(1));
    feed.log.push('{ not json', '{"seq":1}', '[]', 'null');
    feed.tell(pdq(2, { value: hex(2).toUpperCase() }), pdq(3, { value: 'ff' }));
    feed.tell(pdq(4, { type: 'url' }), pdq(5, { type: 'made-up' }), pdq(6));
    expect(await open().sync(client)).toMatchObject({ changed: 2, malformed: 6, otherTypes: 2, size: 2 });
  });

  it('lets one process write at a time, and takes over from one that is gone', async () => {
    feed.tell(pdq(1));
    const matcher = open();
    await matcher.sync(client);
    fs.writeFileSync(path.join(folder, 'lock'), String(process.ppid));
    await expect(matcher.sync(client)).rejects.toThrow(/another process is syncing/);
    fs.writeFileSync(path.join(folder, 'lock'), '999999999');
    await matcher.sync(client);
    expect(fs.existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  it('takes up what another process has synced, without fetching it again', async () => {
    feed.tell(pdq(1));
    const [one, other] = [open(), open()];
    await one.sync(client);
    feed.tell(pdq(2));
    expect(await other.sync(client)).toMatchObject({ changed: 1, size: 2 });
    expect(await one.sync(client)).toMatchObject({ changed: 0, size: 2 });
    feed.tell(pdq(3));
    await other.sync(client);
    one.reload();
    expect(one.size).toBe(3);
  });
});

describe('a copy that was damaged', () => {
  beforeEach(async () => {
    feed.tell(...Array.from({ length: 40 }, (_, id) => pdq(id)));
    await open().sync(client);
  });
  const query = [{ type: 'pdq', value: hex(7) }] as const;

  it.each([
    [
      'cut short',
      () => fs.truncateSync(recordsFile(), fs.statSync(recordsFile()).size - 1),
      /ends after \d+ of \d+ bytes/,
    ],
    [
      'altered in one place',
      () =>
        fs.writeFileSync(recordsFile(), fs.readFileSync(recordsFile(), 'utf8').replace('signal-00007', 'signal-00008')),
      /not what was written/,
    ],
    ['missing', () => fs.rmSync(recordsFile()), /is missing/],
    [
      'without a readable state',
      () => fs.writeFileSync(path.join(folder, 'copy.json'), '{"version":1,'),
      /copy.json cannot be read/,
    ],
    [
      'pointing out of its folder',
      () =>
        fs.writeFileSync(
          path.join(folder, 'copy.json'),
          fs.readFileSync(path.join(folder, 'copy.json'), 'utf8').replace(/signals-\d+\.jsonl/, '../copy.json'),
        ),
      /cannot be read/,
    ],
    [
      'without a file for its state',
      () => {
        fs.rmSync(path.join(folder, 'copy.json'));
        fs.mkdirSync(path.join(folder, 'copy.json'));
      },
      /copy.json cannot be read/,
    ],
    [
      'under other terms than the server gave',
      () =>
        fs.writeFileSync(
          path.join(folder, 'copy.json'),
          fs.readFileSync(path.join(folder, 'copy.json'), 'utf8').replace('"terms": {', '"terms": {"more": 5,'),
        ),
      /copy.json cannot be read/,
    ],
  ])('says so when it is %s, does not match, and fetches it anew', async (_, damage, said) => {
    damage();
    const matcher = open();
    expect(matcher.damage).toMatch(said);
    expect(() => matcher.match(query)).toThrow(said);
    expect(await matcher.sync(client)).toMatchObject({ refetched: expect.stringMatching(said), changed: 40, size: 40 });
    expect(ids(matcher.match(query))).toEqual(['signal-00007']);
    expect(open().damage).toBeNull();
  });

  it('takes no harm from a tail that a killed process left behind the committed part', async () => {
    fs.appendFileSync(recordsFile(), '{"signalId":"half a rec');
    const matcher = open();
    expect(matcher.damage).toBeNull();
    feed.tell(pdq(70));
    await matcher.sync(client);
    const again = open();
    expect([again.damage, again.size]).toEqual([null, 41]);
  });

  it('is readable by its owner alone', () => {
    expect(fs.statSync(recordsFile()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(folder, 'copy.json')).mode & 0o777).toBe(0o600);
  });
});

describe('matching', () => {
  it('finds PDQ up to 31 bits, blockhash up to 10, exact hashes only when equal; nearest first, then by id', async () => {
    const value = hex(1);
    feed.tell(
      { signalId: 'c', type: 'pdq', value: turned(value, 31) },
      { signalId: 'd', type: 'pdq', value: turned(value, 32) },
      { signalId: 'b', type: 'pdq', value },
      { signalId: 'a', type: 'pdq', value: turned(value, 31) },
      { signalId: 'e', type: 'blockhash', value: turned(value, 10) },
      { signalId: 'f', type: 'blockhash', value: turned(value, 11) },
      { signalId: 'g', type: 'sha256', value },
      { signalId: 'h', type: 'sha256', value: turned(value, 1) },
      { signalId: 'i', type: 'md5', value: hex(2, 32) },
      { signalId: 'j', type: 'sha512', value: hex(3, 128) },
    );
    const matcher = open();
    await matcher.sync(client);
    const file = {
      size: 1,
      type: 'image/png',
      sha256: value,
      sha512: hex(3, 128),
      md5: hex(2, 32),
      video: null,
      notHashed: null,
    };
    const image = (quality: number) => ({ width: 9, height: 9, pdq: { hash: value, quality }, blockhash: value });
    const found = matcher.match({ ...file, image: image(50) });
    expect(found.map(({ signalId, distance }) => [signalId, distance])).toEqual([
      ['g', 0],
      ['j', 0],
      ['i', 0],
      ['b', 0],
      ['a', 31],
      ['c', 31],
      ['e', 10],
    ]);
    expect(ids(matcher.match({ ...file, image: image(49) }))).toEqual(['g', 'j', 'i']);
    expect(ids(matcher.match([{ type: 'pdq', value, radius: 32 }]))).toEqual(['b', 'a', 'c', 'd']);
    expect(() => matcher.match([{ type: 'md5', value: hex(2, 32), radius: 1 }])).toThrow(RangeError);
    expect(() => matcher.match([{ type: 'pdq', value: value.toUpperCase() }])).toThrow(RangeError);
  });

  it.each(['withdrawn', 'erased', 'a-state-of-tomorrow'])(
    'no longer finds a signal that is %s, and finds it when it comes back',
    async (state) => {
      feed.tell(pdq(1), { signalId: 'exact', type: 'sha256', value: hex(5) });
      const matcher = open();
      await matcher.sync(client);
      const both = [
        { type: 'pdq', value: hex(1) },
        { type: 'sha256', value: hex(5) },
      ] as const;
      expect(matcher.match(both)).toHaveLength(2);
      feed.tell(pdq(1, { state }), { signalId: 'exact', type: 'sha256', value: hex(5), state });
      expect(await matcher.sync(client)).toMatchObject({ withdrawn: 2, size: 0 });
      expect([...matcher.match(both), ...open().match(both)]).toEqual([]);
      feed.tell(pdq(1));
      await matcher.sync(client);
      expect(matcher.match(both)).toHaveLength(1);
    },
  );

  it('says what the policy says: blocks a reviewed exact hash, holds the rest, and never blocks what is disputed', async () => {
    const value = hex(1);
    feed.tell(
      { signalId: 'reviewed', type: 'sha256', value: hex(2) },
      { signalId: 'unreviewed', type: 'sha256', value: hex(3), reviewed: false },
      { signalId: 'disputed', type: 'sha256', value: hex(4), state: 'disputed', disputes: 1 },
      { signalId: 'near', type: 'pdq', value },
    );
    const matcher = open();
    await matcher.sync(client);
    const actionOf = (type: 'sha256' | 'pdq', hash: string): unknown =>
      matcher.match([{ type, value: hash }])[0]?.action;
    expect([hex(2), hex(3), hex(4)].map((hash) => actionOf('sha256', hash))).toEqual(['block', 'review', 'review']);
    expect(actionOf('pdq', value)).toBe('review');
    expect(OfflineMatcher.actionOf([])).toBe('ignore');
    expect(
      OfflineMatcher.actionOf(
        matcher.match([
          { type: 'pdq', value },
          { type: 'sha256', value: hex(2) },
        ]),
      ),
    ).toBe('block');
  });

  it('holds what one organisation alone put on a list that acts without a person', async () => {
    const confirmed = [{ organisationId: 'b', opinion: 'confirm' }];
    const disputed = [{ organisationId: 'b', opinion: 'dispute' }];
    feed.tell(
      pdq(1, { type: 'sha256', standing: ['a'], opinions: disputed }),
      pdq(2, { type: 'sha256', standing: ['a', 'b'] }),
      pdq(3, { type: 'sha256', standing: ['a'], opinions: confirmed }),
    );
    const queries = [1, 2, 3].map((id) => ({ type: 'sha256' as const, value: hex(id) }));
    const actions = (): string[] =>
      open()
        .match(queries)
        .map(({ action }) => action);
    await open().sync(client);
    expect(actions()).toEqual(['block', 'block', 'block']);
    feed.lists?.splice(0, 1, { id: 'list', name: 'A list', tlp: 'amber', autoAction: true });
    await open().sync(client);
    expect(actions()).toEqual(['review', 'block', 'block']);
    expect(open().match(queries)[0]?.lists).toEqual([{ id: 'list', name: 'A list', tlp: 'amber' }]);
    // Not to know is no leave to act.
    feed.lists = null;
    await open().sync(client);
    expect(actions()).toEqual(['review', 'block', 'block']);
  });

  it('decides by the organisation’s own policy as it was at the last sync, or by rules of one’s own', async () => {
    feed.tell(pdq(1));
    feed.rules = [{ name: 'nothing but md5', action: 'block', types: ['md5'] }];
    await open().sync(client);
    const query = [{ type: 'pdq', value: hex(1) }] as const;
    expect(open().match(query)).toMatchObject([{ action: 'ignore', because: 'no rule' }]);
    const rules = [{ name: 'mine', action: 'block' as const }];
    expect(open({ rules }).match(query)).toMatchObject([{ action: 'block', because: 'mine' }]);
  });

  it('finds, after any history of changes and restarts, exactly what a comparison with everything finds', async () => {
    const change = fc.record({
      id: fc.nat(30),
      base: fc.nat(5),
      bits: fc.nat(40),
      state: fc.constantFrom('active', 'active', 'disputed', 'withdrawn'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        async (rounds) => {
          fs.rmSync(folder, { recursive: true, force: true });
          feed.log.splice(0);
          feed.epoch++;
          const standing = new Map<string, FedSignal>();
          for (const round of rounds) {
            const told = round.map(({ id, base, bits, state }) => pdq(id, { value: turned(hex(base), bits), state }));
            feed.tell(...told);
            for (const signal of told) {
              if (signal.state === 'withdrawn') standing.delete(signal.signalId);
              else standing.set(signal.signalId, signal);
            }
            await open().sync(client);
          }
          const matcher = open();
          for (const base of [0, 1, 2, 3, 4, 5]) {
            const expected = [...standing.values()]
              .map(({ signalId, value }) => ({ signalId, distance: hammingDistance(value, hex(base)) }))
              .filter(({ distance }) => distance <= 31)
              .sort((a, b) => a.distance - b.distance || (a.signalId < b.signalId ? -1 : 1));
            const found = matcher.match([{ type: 'pdq', value: hex(base) }]);
            expect(found.map(({ signalId, distance }) => ({ signalId, distance }))).toEqual(expected);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('writes its file anew when most of it no longer counts, and reads the same from it', async () => {
    const many = Array.from({ length: 10_500 }, (_, id) => pdq(id, { type: 'sha256' }));
    feed.tell(...many, ...many.slice(100).map((signal) => ({ ...signal, state: 'withdrawn' })));
    feed.pageSize = 5000;
    const matcher = open();
    await matcher.sync(client);
    expect(fs.readFileSync(recordsFile(), 'utf8').split('\n')).toHaveLength(101);
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
    feed.tell(pdq(20_000));
    await matcher.sync(client);
    const again = open();
    expect([again.damage, again.size]).toEqual([null, 101]);
    expect(ids(again.match([{ type: 'sha256', value: hex(99) }]))).toEqual(['signal-00099']);
  });
});
