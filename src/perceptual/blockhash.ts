import { checkPixels } from './pixels';
import type { Pixels } from './pixels';

/**
 * blockhash, 16 x 16 bits, equal to blockhash-core's `bmvbhash(image, 16)` (Yang, Gu and Niu 2006, "Block mean value
 * based image perceptual hashing", method 1): one bit a block, its mean brightness against the median of its quarter.
 * Bits run left to right, top to bottom. Fully transparent pixels count as white.
 *
 * It is kept beside PDQ because it survives local edits (logos, captions) better; the two are never compared.
 * Block borders fall on sixteenths of a pixel, so weights are counted in sixteenths and every sum is an exact integer:
 * the result does not depend on the order of summing, which is what makes a fast path equal to the original possible.
 */
const BLOCKS = 16;
const BANDS = 4;
const BAND = (BLOCKS * BLOCKS) / BANDS;
/** Sums are in 1/256 of a brightness step: 16ths along each axis. */
const UNIT = 256;
const WHITE = 765;

/** @throws RangeError when the pixels are not of the size they claim. */
export function blockhash(pixels: Pixels): string {
  checkPixels(pixels);
  const across = shares(pixels.width);
  const down = shares(pixels.height);
  const sums = new Float64Array(BLOCKS * BLOCKS);
  const brightness = new Uint16Array(pixels.width);
  const row = new Float64Array(BLOCKS);
  for (let y = 0; y < pixels.height; y++) {
    brightnessOfRow(pixels, y, brightness);
    sumRow(brightness, across, row);
    const first = (down.first[y] ?? 0) * BLOCKS;
    const second = (down.second[y] ?? 0) * BLOCKS;
    const firstShare = down.share[y] ?? 0;
    for (let x = 0; x < BLOCKS; x++) {
      const value = row[x] ?? 0;
      sums[first + x] = (sums[first + x] ?? 0) + value * firstShare;
      sums[second + x] = (sums[second + x] ?? 0) + value * (16 - firstShare);
    }
  }
  const pixelsPerBlock = (pixels.width / BLOCKS) * (pixels.height / BLOCKS);
  return bits(sums, (pixelsPerBlock * 256 * 3) / 2);
}

interface Shares {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  /** Sixteenths of the line that belong to the first block; the rest belongs to the second. */
  readonly share: Uint8Array;
}

/** To which one or two blocks each line of a side belongs, exactly as blockhash-core decides it. */
function shares(side: number): Shares {
  const first = new Uint8Array(side);
  const second = new Uint8Array(side);
  const share = new Uint8Array(side).fill(16);
  const block = side / BLOCKS;
  for (let line = 0; line < side; line++) {
    first[line] = second[line] = Math.floor(line / block);
    if (side % BLOCKS === 0) continue;
    const into = (line + 1) % block;
    const fraction = into - Math.floor(into);
    if (into - fraction > 0 || line + 1 === side) continue;
    second[line] = Math.ceil(line / block);
    share[line] = 16 * (1 - fraction);
  }
  return { first, second, share };
}

function brightnessOfRow({ data, width, channels }: Pixels, y: number, out: Uint16Array): void {
  const alpha = channels % 2 === 0 ? channels - 1 : 0;
  const green = channels < 3 ? 0 : 1;
  const blue = channels < 3 ? 0 : 2;
  let at = y * width * channels;
  for (let x = 0; x < width; x++, at += channels) {
    const sum = (data[at] ?? 0) + (data[at + green] ?? 0) + (data[at + blue] ?? 0);
    out[x] = alpha > 0 && data[at + alpha] === 0 ? WHITE : sum;
  }
}

function sumRow(brightness: Uint16Array, { first, second, share }: Shares, row: Float64Array): void {
  row.fill(0);
  for (let x = 0; x < brightness.length; x++) {
    const value = brightness[x] ?? 0;
    const mine = share[x] ?? 0;
    const left = first[x] ?? 0;
    row[left] = (row[left] ?? 0) + value * mine;
    if (mine < 16) {
      const right = second[x] ?? 0;
      row[right] = (row[right] ?? 0) + value * (16 - mine);
    }
  }
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
