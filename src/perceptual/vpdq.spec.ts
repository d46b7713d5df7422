import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { hammingDistance } from './hamming';
import { compareFrames, isVpdqMatch, usableFrames, vpdqDigest } from './vpdq';
import type { VpdqFrame } from './vpdq';
import { formatVpdqJson, formatVpdqText, MAX_VPDQ_FRAMES, parseVpdqJson, parseVpdqText } from './vpdq-text';

const hashes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
const videos = (minLength = 0): fc.Arbitrary<VpdqFrame[]> =>
  fc
    .array(fc.tuple(hashes, fc.integer({ min: 0, max: 100 })), { minLength, maxLength: 30 })
    .map((frames) => frames.map(([hash, quality], i) => ({ hash, quality, frame: i * 25, atMs: i * 1000 })));
const good = (frames: readonly VpdqFrame[]): VpdqFrame[] => frames.map((frame) => ({ ...frame, quality: 100 }));

/** Flips the first `bits` bits, at most 4 a digit. */
function flipped(hash: string, bits: number): string {
  const digits = Array.from(hash, (digit) => parseInt(digit, 16));
  for (let bit = 0; bit < bits; bit++) digits[bit >> 2] = (digits[bit >> 2] ?? 0) ^ (1 << (bit & 3));
  return digits.map((digit) => digit.toString(16)).join('');
}

const frameOf = (hash: string, quality = 100): VpdqFrame => ({ hash, quality, frame: 0, atMs: 0 });

describe('comparing two videos by their frames', () => {
  it('finds a video wholly in itself', () => {
    fc.assert(
      fc.property(videos(1), (frames) => {
        const result = compareFrames(good(frames), good(frames));
        expect(result).toMatchObject({ queryPercent: 100, comparedPercent: 100 });
        expect(isVpdqMatch(result, { queryPercent: 100, comparedPercent: 100 })).toBe(true);
      }),
    );
  });

  it('turns the shares round when query and compared change places', () => {
    fc.assert(
      fc.property(videos(), videos(), fc.integer({ min: 0, max: 256 }), (a, b, radius) => {
        const there = compareFrames(a, [...b, ...a.slice(0, 2)], radius);
        const back = compareFrames([...b, ...a.slice(0, 2)], a, radius);
        expect(back).toEqual({
          queryPercent: there.comparedPercent,
          comparedPercent: there.queryPercent,
          matchedQuery: there.matchedCompared,
          matchedCompared: there.matchedQuery,
        });
      }),
    );
  });

  it('agrees with the definition frame by frame', () => {
    fc.assert(
      fc.property(videos(), videos(), fc.integer({ min: 90, max: 140 }), (a, b, radius) => {
        const near = usableFrames(a).filter((x) =>
          usableFrames(b).some((y) => hammingDistance(x.hash, y.hash) <= radius),
        );
        expect(compareFrames(a, b, radius).matchedQuery).toBe(near.length);
      }),
    );
  });

  it('finds every frame of a clip cut in time, though it is a small part of the whole', () => {
    fc.assert(
      fc.property(videos(20), fc.nat(18), fc.integer({ min: 0, max: 31 }), (frames, from, bits) => {
        const clip = good(frames.slice(from, from + 2)).map((each) => ({ ...each, hash: flipped(each.hash, bits) }));
        const result = compareFrames(clip, good(frames));
        expect(result.queryPercent).toBe(100);
        expect(isVpdqMatch(result)).toBe(true);
      }),
    );
  });

  it('finds nothing of an unrelated video', () => {
    const one = Array.from({ length: 20 }, (_, i) => frameOf(digest(`one ${i}`)));
    const other = Array.from({ length: 20 }, (_, i) => frameOf(digest(`other ${i}`)));
    const result = compareFrames(one, other);
    expect(result).toEqual({ queryPercent: 0, comparedPercent: 0, matchedQuery: 0, matchedCompared: 0 });
    expect(isVpdqMatch(result)).toBe(false);
  });

  it('counts distance 31 and not distance 32', () => {
    const hash = digest('a frame');
    expect(compareFrames([frameOf(hash)], [frameOf(flipped(hash, 31))]).queryPercent).toBe(100);
    expect(compareFrames([frameOf(hash)], [frameOf(flipped(hash, 32))]).queryPercent).toBe(0);
  });

  it('matches at 80 per cent of the query and not below', () => {
    const known = Array.from({ length: 5 }, (_, i) => frameOf(digest(`known ${i}`)));
    const strange = frameOf(digest('strange'));
    expect(isVpdqMatch(compareFrames([...known.slice(0, 4), strange], known))).toBe(true);
    expect(isVpdqMatch(compareFrames([...known.slice(0, 3), strange], known))).toBe(false);
    expect(isVpdqMatch(compareFrames(known.slice(0, 1), known), { queryPercent: 80, comparedPercent: 21 })).toBe(false);
  });

  it('takes no account of frames of quality 49, and of the same frame twice', () => {
    const a = frameOf(digest('a'));
    const b = frameOf(digest('b'), 49);
    expect(usableFrames([a, b, { ...a, atMs: 9000 }, { ...b, quality: 50 }])).toEqual([a, { ...b, quality: 50 }]);
    expect(compareFrames([a, a, b], [a]).queryPercent).toBe(100);
    expect(compareFrames([b], [b]).queryPercent).toBe(0);
  });

  it('never calls videos without usable frames a match, even at thresholds of nothing', () => {
    expect(isVpdqMatch(compareFrames([], []), { queryPercent: 0, comparedPercent: 0 })).toBe(false);
  });

  it('refuses what is not a hash', () => {
    expect(() => compareFrames([frameOf('F'.repeat(64))], [])).toThrow(RangeError);
  });
});

describe('the digest of a set of frames', () => {
  it('is SHA-256 over the sorted distinct usable hashes, one a line', () => {
    const [low, high] = ['0'.repeat(64), 'f'.repeat(64)];
    const expected = createHash('sha256').update(`${low}\n${high}\n`).digest('hex');
    expect(vpdqDigest([frameOf(high), frameOf(low), frameOf(high), frameOf('5'.repeat(64), 49)])).toBe(expected);
  });

  it('does not depend on order, times or repetition, and changes with the set', () => {
    fc.assert(
      fc.property(videos(1), (frames) => {
        const usable = good(frames);
        const shuffled = [...usable, ...usable].toReversed().map((each, i) => ({ ...each, frame: i, atMs: i }));
        expect(vpdqDigest(shuffled)).toBe(vpdqDigest(usable));
        expect(vpdqDigest([...usable, frameOf(digest(JSON.stringify(frames)))])).not.toBe(vpdqDigest(usable));
      }),
    );
  });

  it('is null where no frame says anything', () => {
    expect(vpdqDigest([])).toBeNull();
    expect(vpdqDigest([frameOf(digest('grey'), 10)])).toBeNull();
  });
});

describe('the written forms', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(videos(), (frames) => {
        expect(parseVpdqText(formatVpdqText(frames))).toEqual(frames);
        expect(parseVpdqJson(formatVpdqJson(frames))).toEqual(frames.map((each, frame) => ({ ...each, frame })));
      }),
    );
  });

  it('are those of the reference tools', () => {
    const frame = { hash: digest('x'), quality: 87, frame: 42, atMs: 1402 };
    expect(formatVpdqText([frame])).toBe(`42,87,${frame.hash},1.402\n`);
    expect(formatVpdqJson([frame])).toBe(`["${frame.hash},87,1.402"]`);
    expect(parseVpdqText(`42,87,${frame.hash},1.402\r\n\r\n`)).toEqual([frame]);
  });

  const hash = digest('x');
  it.each([
    [`0,87,${hash}`, /^Line 2: needs frame number/],
    [`0,87,${hash},1,2`, /^Line 2: needs frame number/],
    [`-1,87,${hash},1.000`, /^Line 2: the frame number/],
    [`0,101,${hash},1.000`, /^Line 2: the quality/],
    [`0,8.5,${hash},1.000`, /^Line 2: the quality/],
    [`0,87,${hash.toUpperCase()},1.000`, /^Line 2: the hash/],
    [`0,87,${hash.slice(1)},1.000`, /^Line 2: the hash/],
    [`0,87,${hash},-1.000`, /^Line 2: the time/],
    [`0,87,${hash},NaN`, /^Line 2: the time/],
    [`0,87,${hash},1e3`, /^Line 2: the time/],
  ])('refuse the line %j and say which it is', (line, message) => {
    expect(() => parseVpdqText(`0,87,${hash},0.000\n${line}\n`)).toThrow(message);
  });

  it.each([
    ['[', /not JSON/],
    ['{}', /is an array/],
    ['[1]', /^Entry 1: needs hash/],
    [`["${hash},87"]`, /^Entry 1: needs hash/],
    [`["${hash},87,0.000","${hash},x,0.000"]`, /^Entry 2: the quality/],
  ])('refuse the JSON %j and say why', (text, message) => {
    expect(() => parseVpdqJson(text)).toThrow(RangeError);
    expect(() => parseVpdqJson(text)).toThrow(message);
  });

  it('refuse more frames than a video has here', () => {
    expect(() => parseVpdqText('\n'.repeat(MAX_VPDQ_FRAMES + 1))).toThrow(/at most/);
    expect(() => parseVpdqJson(`[${'1,'.repeat(MAX_VPDQ_FRAMES)}1]`)).toThrow(/at most/);
  });

  it('are never written with what could not be read again', () => {
    expect(() => formatVpdqText([{ ...frameOf(hash), quality: 0.5 }])).toThrow(RangeError);
    expect(() => formatVpdqJson([{ ...frameOf(hash), atMs: NaN }])).toThrow(RangeError);
  });
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
