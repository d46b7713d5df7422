import * as fc from 'fast-check';
import fs from 'node:fs';
import { hammingDistance } from '../../../src/perceptual/hamming';
import type { Clepsydra } from '../clepsydra';
import { OfflineMatcher } from './offline-matcher';
import { TestingCopy, hex, ids, pdq, turned } from './testing-copy';
import type { TestingFeed, FedSignal } from './testing-feed';

let copy: TestingCopy;
let feed: TestingFeed;
let client: Clepsydra;
beforeEach(async () => {
  copy = await TestingCopy.start();
  ({ feed, client } = copy);
});
afterEach(() => copy.close());

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
    const matcher = copy.open();
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
      const matcher = copy.open();
      await matcher.sync(client);
      const both = [
        { type: 'pdq', value: hex(1) },
        { type: 'sha256', value: hex(5) },
      ] as const;
      expect(matcher.match(both)).toHaveLength(2);
      feed.tell(pdq(1, { state }), { signalId: 'exact', type: 'sha256', value: hex(5), state });
      expect(await matcher.sync(client)).toMatchObject({ withdrawn: 2, size: 0 });
      expect([...matcher.match(both), ...copy.open().match(both)]).toEqual([]);
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
    const matcher = copy.open();
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
      copy
        .open()
        .match(queries)
        .map(({ action }) => action);
    await copy.open().sync(client);
    expect(actions()).toEqual(['block', 'block', 'block']);
    feed.lists?.splice(0, 1, { id: 'list', name: 'A list', tlp: 'amber', autoAction: true });
    await copy.open().sync(client);
    expect(actions()).toEqual(['review', 'block', 'block']);
    expect(copy.open().match(queries)[0]?.lists).toEqual([{ id: 'list', name: 'A list', tlp: 'amber' }]);
    // Not to know is no leave to act.
    feed.lists = null;
    await copy.open().sync(client);
    expect(actions()).toEqual(['review', 'block', 'block']);
  });

  it('decides by the organisation’s own policy as it was at the last sync, or by rules of one’s own', async () => {
    feed.tell(pdq(1));
    feed.rules = [{ name: 'nothing but md5', action: 'block', types: ['md5'] }];
    await copy.open().sync(client);
    const query = [{ type: 'pdq', value: hex(1) }] as const;
    expect(copy.open().match(query)).toMatchObject([{ action: 'ignore', because: 'no rule' }]);
    const rules = [{ name: 'mine', action: 'block' as const }];
    expect(copy.open({ rules }).match(query)).toMatchObject([{ action: 'block', because: 'mine' }]);
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
          fs.rmSync(copy.folder, { recursive: true, force: true });
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
            await copy.open().sync(client);
          }
          const matcher = copy.open();
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
    const matcher = copy.open();
    await matcher.sync(client);
    expect(fs.readFileSync(copy.recordsFile(), 'utf8').split('\n')).toHaveLength(101);
    expect(fs.readdirSync(copy.folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
    feed.tell(pdq(20_000));
    await matcher.sync(client);
    const again = copy.open();
    expect([again.damage, again.size]).toEqual([null, 101]);
    expect(ids(again.match([{ type: 'sha256', value: hex(99) }]))).toEqual(['signal-00099']);
  });
});
