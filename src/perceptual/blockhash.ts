import { sumSegments, sumSegmentsPlain } from './blockhash-sums';
import type { SumSegments } from './blockhash-sums';
import { checkPixels } from './pixels';
import type { Pixels } from './pixels';

/**
 * blockhash, 16 x 16 bits, equal to blockhash-core's `bmvbhash(image, 16)` (Yang, Gu and Niu 2006, "Block mean value
 * based image perceptual hashing", method 1): one bit a block, its mean brightness against the median of its quarter.
 * Bits run left to right, top to bottom. Fully transparent pixels count as white.
 *
 * It is kept beside PDQ because it survives local edits (logos, captions) better; the two are never compared.
 * Block borders fall on sixteenths of a pixel, so weights are counted in sixteenths and every sum is an exact integer:
 * the result does not depend on the order of summing, which is what makes a fast path equal to the original possible:
 * lines of equal weight are added up together, in WebAssembly where that has SIMD.
 */
const BLOCKS = 16;
const BANDS = 4;
const BAND = (BLOCKS * BLOCKS) / BANDS;
/** Sums are in 1/256 of a brightness step: 16ths along each axis. */
const UNIT = 256;

/** @throws RangeError when the pixels are not of the size they claim. */
export function blockhash(pixels: Pixels): string {
  return hashBy(sumSegments, pixels);
}

/** The same without WebAssembly. @throws RangeError when the pixels are not of the size they claim. */
export function blockhashPlain(pixels: Pixels): string {
  return hashBy(sumSegmentsPlain, pixels);
}

function hashBy(sum: SumSegments, pixels: Pixels): string {
  checkPixels(pixels);
  const across = runsOf(pixels.width);
  const ends = Int32Array.from(across, ({ end }) => end);
  const sums = new Float64Array(BLOCKS * BLOCKS);
  let top = 0;
  for (const down of runsOf(pixels.height)) {
    const totals = sum(pixels, top, down.end, ends);
    across.forEach((run, i) => {
      for (const [y, shareY] of [
        [down.first, down.share],
        [down.second, 16 - down.share],
      ] as const) {
        // prettier-ignore
        for (const [x, shareX] of [[run.first, run.share], [run.second, 16 - run.share]] as const) { // prettier-ignore
          sums[y * BLOCKS + x] = (sums[y * BLOCKS + x] ?? 0) + (totals[i] ?? 0) * shareX * shareY;
        }
      }
    });
    top = down.end;
  }
  const pixelsPerBlock = (pixels.width / BLOCKS) * (pixels.height / BLOCKS);
  return bits(sums, (pixelsPerBlock * 256 * 3) / 2);
}

/** Neighbouring lines that belong to the same blocks in the same shares. */
interface Run {
  /** The first line that is not of this run. */
  end: number;
  readonly first: number;
  readonly second: number;
  /** Sixteenths of each line that belong to the first block; the rest belongs to the second. */
  readonly share: number;
}

/** At most 31 of them: sixteen blocks and the lines on their borders. */
function runsOf(side: number): Run[] {
  const runs: Run[] = [];
  for (let line = 0; line < side; line++) {
    const next = shareOf(line, side);
    const last = runs.at(-1);
    if (last && last.first === next.first && last.second === next.second && last.share === next.share) last.end++;
    else runs.push(next);
  }
  return runs;
}

/** To which one or two blocks a line of a side belongs, exactly as blockhash-core decides it. */
function shareOf(line: number, side: number): Run {
  const block = side / BLOCKS;
  const own = Math.floor(line / block);
  const into = (line + 1) % block;
  const fraction = into - Math.floor(into);
  const whole = side % BLOCKS === 0 || into - fraction > 0 || line + 1 === side;
  if (whole) return { end: line + 1, first: own, second: own, share: 16 };
  return { end: line + 1, first: own, second: Math.ceil(line / block), share: 16 * (1 - fraction) };
}

/** Blocks brighter than the median of their band; a tie counts as bright where the median itself is. */
function bits(sums: Float64Array, halfScale: number): string {
  let hex = '';
  for (let band = 0; band < BANDS; band++) {
    const blocks = sums.subarray(band * BAND, (band + 1) * BAND).map((sum) => sum / UNIT);
    const sorted = blocks.slice().sort();
    const median = ((sorted[BAND / 2 - 1] ?? 0) + (sorted[BAND / 2] ?? 0)) / 2;
    for (let at = 0; at < BAND; at += 4) {
      let nibble = 0;
      for (const value of blocks.subarray(at, at + 4)) {
        const bright = value > median || (Math.abs(value - median) < 1 && median > halfScale);
        nibble = nibble * 2 + (bright ? 1 : 0);
      }
      hex += nibble.toString(16);
    }
  }
  return hex;
}
