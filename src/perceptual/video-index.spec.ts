import * as fc from 'fast-check';
import { parseHexInto } from './hex';
import { VideoIndex } from './video-index';
import type { VideoHit } from './video-tally';
import { compareFrames, isVpdqMatch, usableFrames, type VpdqFrame } from './vpdq';

/** Few hashes, some of them a few bits apart: so that films share frames. */
const pool = Array.from({ length: 12 }, (_, n) => {
  const base = [...'0123456789abcdef'.repeat(4)].map((digit) =>
    ((parseInt(digit, 16) * (2 * (n >> 1) + 1)) % 16).toString(16),
  );
  return (n % 2 === 0 ? base : ['f', ...base.slice(1)]).join('');
});
const frame = fc
  .record({ hash: fc.constantFrom(...pool), quality: fc.constantFrom(10, 49, 50, 100) })
  .map((each): VpdqFrame => ({ ...each, frame: 0, atMs: 0 }));
const film = fc.array(frame, { maxLength: 12 });

function packed(frames: readonly VpdqFrame[]): Uint8Array {
  const usable = usableFrames(frames);
  const bytes = new Uint8Array(usable.length * 32);
  usable.forEach(({ hash }, at) => parseHexInto(hash, bytes, at * 32));
  return bytes;
}

function ask(index: VideoIndex, frames: readonly VpdqFrame[]): VideoHit[] {
  const scan = index.start(frames);
  while (!scan.step());
  return scan.hits().toSorted((a, b) => a.video - b.video);
}

describe('known videos by their frames', () => {
  it('finds what comparing the films one by one calls a match, with the same shares, through additions and removals', () => {
    fc.assert(
      fc.property(fc.array(film, { maxLength: 6 }), film, fc.nat(5), (known, asked, gone) => {
        const index = new VideoIndex();
        known.forEach((frames, video) => index.add(video, packed(frames)));
        index.remove(gone);
        index.add(9, packed(known[0] ?? []));
        const films = new Map(known.map((frames, video) => [video, frames]));
        films.delete(gone);
        films.set(9, known[0] ?? []);
        const expected = [...films].flatMap(([video, frames]) => {
          const shares = compareFrames(asked, frames);
          const { queryPercent, comparedPercent } = shares;
          return isVpdqMatch(shares) ? [{ video, queryPercent, comparedPercent, distance: expect.any(Number) }] : [];
        });
        expect(ask(index, asked)).toEqual(expected.toSorted((a, b) => a.video - b.video));
      }),
    );
  });

  it('takes the frames of a video once, and keeps what it has', () => {
    const index = new VideoIndex();
    const frames = pool.slice(0, 4).map((hash): VpdqFrame => ({ hash, quality: 100, frame: 0, atMs: 0 }));
    index.add(1, packed(frames));
    index.add(1, packed(frames.slice(0, 1)));
    expect(ask(index, frames)).toEqual([{ video: 1, queryPercent: 100, comparedPercent: 100, distance: 0 }]);
  });

  it('does not take a video that came or went during a search for what was found', () => {
    const index = new VideoIndex();
    const frames = pool.slice(0, 4).map((hash): VpdqFrame => ({ hash, quality: 100, frame: 0, atMs: 0 }));
    index.add(1, packed(frames));
    const scan = index.start(frames);
    while (!scan.step());
    index.remove(1);
    index.add(2, packed(pool.slice(4, 8).map((hash): VpdqFrame => ({ hash, quality: 100, frame: 0, atMs: 0 }))));
    expect(scan.hits()).toEqual([]);
  });

  it('finds nothing for a film of low quality, and refuses a hash that is none', () => {
    const index = new VideoIndex();
    index.add(1, packed([{ hash: pool[0] ?? '', quality: 100, frame: 0, atMs: 0 }]));
    expect(ask(index, [{ hash: pool[0] ?? '', quality: 49, frame: 0, atMs: 0 }])).toEqual([]);
    expect(() => index.start([{ hash: 'F'.repeat(64), quality: 100, frame: 0, atMs: 0 }])).toThrow(RangeError);
  });

  it('counts in slices when every frame of a film is near to every other', () => {
    const near = (n: number): string => {
      const digits = [...(pool[0] ?? '')];
      for (const [place, digit] of [...n.toString(16).padStart(3, '0')].entries()) digits[place] = digit;
      return digits.join('');
    };
    const stills = Array.from({ length: 2000 }, (_, n): VpdqFrame => ({
      hash: near(n),
      quality: 100,
      frame: n,
      atMs: n,
    }));
    const index = new VideoIndex();
    index.add(1, packed(stills));
    const scan = index.start(stills);
    let steps = 1;
    while (!scan.step()) steps++;
    expect(scan.hits()).toEqual([{ video: 1, queryPercent: 100, comparedPercent: 100, distance: 0 }]);
    // Four million pairs, of which eight thousand are counted in a step; and a step puts two long answers in order at most.
    expect(steps).toBeGreaterThan(2000 ** 2 / 8192 + 2000 / 2 - 64);
  });
});
