import type { SignalType } from '../../domain/vocabulary';
import { blockhash } from '../../perceptual/blockhash';
import { pdqHash } from '../../perceptual/pdq';
import type { Pixels } from '../../perceptual/pixels';

/** A hash that stands for nothing: whoever contributed it would have half the web's placeholders matched. */
export interface KnownHarmless {
  readonly type: SignalType;
  readonly value: string;
  readonly note: string;
}

/** Brightness 0 to 1 at x, y of 0 to 1. */
type Picture = (x: number, y: number) => number;
/** Patterns, so a small drawing has the hash of a large one; drawing and hashing them takes some 5 ms each at start-up. */
const SIDE = 128;

const checkerboard =
  (cells: number): Picture =>
  (x, y) =>
    (Math.floor(x * cells) + Math.floor(y * cells)) % 2;
const stripes =
  (bars: number): Picture =>
  (x) =>
    Math.floor(x * bars) % 2;
const turned =
  (picture: Picture): Picture =>
  (x, y) =>
    picture(y, x);
const inverse =
  (picture: Picture): Picture =>
  (x, y) =>
    1 - picture(x, y);
const fromCentre = (x: number, y: number): number => Math.hypot(x - 0.5, y - 0.5);

/** Luma of the seven bars of a colour-bar test card at 75 %, left to right (SMPTE EG 1): white, yellow, cyan, green, magenta, red, blue. */
const BARS = [0.75, 0.66, 0.53, 0.44, 0.31, 0.22, 0.09];
/** A test card with colour bars, as its luma. */
export const testCard: Picture = (x, y) => {
  const bar = BARS[Math.min(6, Math.floor(x * 7))] ?? 0;
  if (y < 0.67) return bar;
  if (y < 0.75) return BARS[6 - Math.min(6, Math.floor(x * 7))] ?? 0;
  return x < 0.18 ? 0.2 : x < 0.36 ? 1 : x < 0.54 ? 0.25 : 0.06;
};
/**
 * PDQ compares each of 256 frequencies with their median. A symmetric picture has next to nothing in most of them, so that
 * the noise of the file decides (measured: 80 to 120 bits between two renderings of one checkerboard) and no hash stands
 * for it; blockhash, which compares areas, is equal for all of those.
 */
const LOPSIDED: Readonly<Record<string, Picture>> = {
  'a plain colour': () => 0.5,
  'colour bars': testCard,
};
const SYMMETRIC: Readonly<Record<string, Picture>> = {
  'a gradient to the right': (x) => x,
  'a gradient to the left': (x) => 1 - x,
  'a gradient downwards': (_, y) => y,
  'a gradient upwards': (_, y) => 1 - y,
  'a gradient across': (x, y) => (x + y) / 2,
  'a gradient across, inverted': (x, y) => 1 - (x + y) / 2,
  'a gradient across, mirrored': (x, y) => (1 - x + y) / 2,
  'a gradient across, mirrored and inverted': (x, y) => 1 - (1 - x + y) / 2,
  'a glow': (x, y) => 1 - Math.min(1, fromCentre(x, y) * 2),
  'a vignette': (x, y) => Math.min(1, fromCentre(x, y) * 2),
  'a disc': (x, y) => (fromCentre(x, y) < 0.3 ? 1 : 0),
  'a hole': (x, y) => (fromCentre(x, y) < 0.3 ? 0 : 1),
  'a framed page': (x, y) => (Math.min(x, y, 1 - x, 1 - y) < 0.05 ? 0 : 1),
  ...Object.fromEntries(
    [2, 4, 8, 16].flatMap((n) => [
      [`a checkerboard of ${n}`, checkerboard(n)],
      [`a checkerboard of ${n}, inverted`, inverse(checkerboard(n))],
      [`${n} upright stripes`, stripes(n)],
      [`${n} upright stripes, inverted`, inverse(stripes(n))],
    ]),
  ),
  ...Object.fromEntries(
    [2, 8, 16].flatMap((n) => [
      [`${n} level stripes`, turned(stripes(n))],
      [`${n} level stripes, inverted`, turned(inverse(stripes(n)))],
    ]),
  ),
};

/** Digests of the empty file, which every failed upload has. */
const EMPTY: readonly KnownHarmless[] = [
  { type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e' },
  { type: 'sha256', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { type: 'text_sha256', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  {
    type: 'sha512',
    value:
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  } as const,
].map((digest) => ({ ...digest, note: 'the empty file' }) as KnownHarmless);

/** The greys of a picture, row by row. */
export function draw(picture: Picture, side: number): Pixels {
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) data[y * side + x] = Math.round(255 * picture((x + 0.5) / side, (y + 0.5) / side));
  return { data, width: side, height: side, channels: 1 };
}

/**
 * Generated, so that what stands here can be read: hashes of flat colours, gradients, patterns, a test card and nothing.
 * @param side pixels; the hashes of a larger drawing are the same or within matching distance.
 */
export function* knownHarmless(side = SIDE): Generator<KnownHarmless, void, undefined> {
  yield* EMPTY;
  for (const [note, picture] of Object.entries(LOPSIDED))
    yield { type: 'pdq', value: pdqHash(draw(picture, side)).hash, note };
  for (const [note, picture] of Object.entries(SYMMETRIC))
    yield { type: 'blockhash', value: blockhash(draw(picture, side)), note };
}
