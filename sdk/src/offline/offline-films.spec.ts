import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { usableFrames, vpdqDigest, type VpdqFrame } from '../../../src/perceptual/vpdq';
import type { Clepsydra } from '../clepsydra';
import type { FileHashes } from './file-hashes';
import { TestingCopy } from './testing-copy';
import type { FedSignal, TestingFeed } from './testing-feed';

const film = (name: string, count: number, quality = 90): VpdqFrame[] =>
  Array.from({ length: count }, (_, frame) => {
    const hash = createHash('sha256').update(`${name} ${frame}`).digest('hex');
    return { hash, quality, frame, atMs: frame * 1000 };
  });
const framesText = (frames: readonly VpdqFrame[]): string =>
  usableFrames(frames).map(({ hash }) => hash).sort().join(''); // prettier-ignore
const told = (signalId: string, frames: readonly VpdqFrame[], more: Partial<FedSignal> = {}): FedSignal => ({
  signalId,
  type: 'vpdq',
  value: vpdqDigest(frames) ?? '',
  frames: framesText(frames),
  ...more,
});
/** The last digit of each hash is another: one to four bits. */
const reencoded = (frames: readonly VpdqFrame[]): VpdqFrame[] =>
  frames.map((each) => ({
    ...each,
    hash: each.hash.slice(0, 63) + (15 - parseInt(each.hash[63] ?? '', 16)).toString(16),
  }));
const fileOf = (frames: readonly VpdqFrame[]): FileHashes => ({
  size: 1,
  type: 'video/mp4',
  sha256: 'a'.repeat(64),
  sha512: 'a'.repeat(128),
  md5: 'a'.repeat(32),
  image: null,
  video: { frames, digest: vpdqDigest(frames), sampledFrames: frames.length, durationMs: 1, width: 640, height: 480 },
  notHashed: null,
});

describe('films that are near, matched offline', () => {
  const known = film('known', 20);
  let copy: TestingCopy;
  let feed: TestingFeed;
  let client: Clepsydra;
  beforeEach(async () => {
    copy = await TestingCopy.start();
    ({ feed, client } = copy);
  });
  afterEach(() => copy.close());

  it('finds a part of a known film after it was encoded anew, from 80 % of its frames on, also after a restart', async () => {
    feed.tell(told('film', known), told('other', film('other', 30)));
    await copy.open().sync(client);
    const matcher = copy.open();
    const clip = reencoded(known.slice(5, 13));
    const expected = { signalId: 'film', type: 'vpdq', distance: 4, action: 'review' };
    expect(matcher.match(fileOf(clip))).toMatchObject([
      { ...expected, vpdq: { queryPercent: 100, comparedPercent: 40 } },
    ]);
    expect(matcher.matchFrames(clip)).toEqual(matcher.match(fileOf(clip)));
    const enough = [...known.slice(0, 8), ...film('else', 2)];
    expect(matcher.matchFrames(enough)).toMatchObject([{ signalId: 'film', distance: 0, vpdq: { queryPercent: 80 } }]);
    expect(matcher.matchFrames([...known.slice(0, 7), ...film('else', 3)])).toEqual([]);
    expect(matcher.matchFrames(film('unrelated', 20))).toEqual([]);
    expect(JSON.stringify(matcher.matchFrames(clip))).not.toContain('frames');
  });

  it('counts no frame of low quality, and finds nothing by a film of nothing else', async () => {
    feed.tell(told('film', known));
    const matcher = copy.open();
    await matcher.sync(client);
    expect(matcher.matchFrames(known.map((each) => ({ ...each, quality: 49 })))).toEqual([]);
    const mixed = [...known.slice(0, 4), ...film('dull', 16, 49)];
    expect(matcher.matchFrames(mixed)).toMatchObject([{ signalId: 'film', vpdq: { queryPercent: 100 } }]);
  });

  it('finds the very same film by its digest where its frames are not known, once', async () => {
    const bare = film('bare', 9);
    feed.tell(told('bare', bare, { frames: undefined }), told('film', known));
    const matcher = copy.open();
    await matcher.sync(client);
    expect(matcher.match(fileOf(bare))).toMatchObject([{ signalId: 'bare', distance: 0 }]);
    expect(matcher.match(fileOf(bare.slice(1)))).toEqual([]);
    expect(matcher.match(fileOf(known))).toMatchObject([
      { signalId: 'film', distance: 0, vpdq: { comparedPercent: 100 } },
    ]);
    feed.tell(told('bare', bare));
    await matcher.sync(client);
    expect(copy.open().match(fileOf(bare.slice(1)))).toMatchObject([{ signalId: 'bare' }]);
  });

  it('keeps the frames when something else is said of a film, and drops them when it is withdrawn', async () => {
    feed.tell(told('film', known), told('other', film('other', 3)));
    const matcher = copy.open();
    await matcher.sync(client);
    feed.tell(told('film', known, { state: 'disputed' }));
    await matcher.sync(client);
    expect(matcher.matchFrames(known.slice(3))).toMatchObject([{ signalId: 'film', state: 'disputed' }]);
    feed.tell({ signalId: 'film', type: 'vpdq', value: vpdqDigest(known) ?? '', state: 'withdrawn' });
    expect(await matcher.sync(client)).toMatchObject({ withdrawn: 1, size: 1 });
    for (const one of [matcher, copy.open()]) expect(one.matchFrames(known.slice(3))).toEqual([]);
  });

  it('keeps the frames when the copy is written anew', async () => {
    feed.tell(told('film', known));
    const churn = Array.from({ length: 5_001 }, (_, n) => ({
      signalId: `gone-${n}`,
      type: 'md5',
      value: createHash('md5').update(String(n)).digest('hex'),
    }));
    feed.tell(...churn, ...churn.map((each) => ({ ...each, state: 'withdrawn' })));
    await copy.open().sync(client);
    expect(fs.readFileSync(copy.recordsFile(), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(copy.open().matchFrames(known.slice(3))).toMatchObject([{ signalId: 'film' }]);
  });

  it.each([
    [1, 'films were kept with their frames'],
    [2, 'what is said on disputed lists was told apart'],
  ])('notices a copy of version %i, made before %s, and fetches it anew', async (version, before) => {
    feed.tell(told('film', known));
    await copy.open().sync(client);
    const state = path.join(copy.folder, 'copy.json');
    fs.writeFileSync(state, fs.readFileSync(state, 'utf8').replace('"version": 3', `"version": ${version}`));
    const matcher = copy.open();
    expect(matcher.damage).toContain(`was made before ${before}; sync`);
    expect(() => matcher.matchFrames(known)).toThrow(/sync to fetch it anew/);
    expect(await matcher.sync(client)).toMatchObject({ refetched: expect.stringContaining(before), size: 1 });
    expect(copy.open().matchFrames(known.slice(3))).toMatchObject([{ signalId: 'film' }]);
  });

  it('notices a frame that was changed on the disk', async () => {
    feed.tell(told('film', known));
    await copy.open().sync(client);
    const text = fs.readFileSync(copy.recordsFile(), 'utf8');
    const frame = known[0]?.hash ?? '';
    fs.writeFileSync(copy.recordsFile(), text.replace(frame, frame.replace(/^./, frame.startsWith('0') ? '1' : '0')));
    expect(copy.open().damage).toMatch(/is not what was written/);
  });

  it('refuses frames that are not those of the film, and takes the others', async () => {
    const one = film('one', 3);
    const upper = framesText(one).toUpperCase();
    const wrong = [
      framesText(film('two', 3)),
      framesText(one).slice(1),
      upper,
      '',
      7,
      framesText(one) + framesText(one),
    ];
    feed.tell(...wrong.map((frames, n) => told(`wrong-${n}`, one, { frames })), told('film', known));
    const matcher = copy.open();
    expect(await matcher.sync(client)).toMatchObject({ malformed: wrong.length, changed: 1, size: 1 });
    expect(matcher.matchFrames(one)).toEqual([]);
  });

  it('takes a film of 20,000 frames and none of more', async () => {
    const [most, more] = [film('most', 20_000), film('more', 20_001)];
    feed.tell(told('most', most), told('more', more));
    const matcher = copy.open();
    expect(await matcher.sync(client)).toMatchObject({ malformed: 1, size: 1 });
    expect(copy.open().matchFrames(most.slice(400, 420))).toMatchObject([
      { signalId: 'most', vpdq: { comparedPercent: 0.1 } },
    ]);
  });

  it.each([
    ['a line', ['x'.repeat(2_000_000)]],
    ['a page', Array.from({ length: 40 }, () => 'x'.repeat(1_000_000))],
  ])('refuses %s that is longer than one of the feed can be, at once, and takes nothing of it', async (_, texts) => {
    feed.tell(told('film', known));
    feed.log.push(...texts);
    const matcher = copy.open();
    await expect(matcher.sync(client)).rejects.toThrow(/longer than one of the feed can be; nothing of it was taken/);
    expect(feed.asked).toHaveLength(1);
    expect(matcher.size).toBe(0);
  });

  it('takes nothing of a page that breaks off in the middle of a film, and asks for it again', async () => {
    feed.tell(told('film', known), told('long', film('long', 3_600)));
    feed.breaks = 1;
    const matcher = copy.open();
    expect(await matcher.sync(client)).toMatchObject({ changed: 2, malformed: 0 });
    expect(matcher.matchFrames(film('long', 3_600).slice(60, 120))).toMatchObject([{ signalId: 'long' }]);
  });
});
