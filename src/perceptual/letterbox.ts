import { checkPixels } from './pixels';
import type { Pixels } from './pixels';

/** A part of a picture, in its own pixels. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Levels of 255 by which a border may differ from its colour in any channel: what JPEG at quality 50 does to flat black. */
export const LETTERBOX_TOLERANCE = 24;
/** One pixel in a hundred may be something else: a speck, the ringing of a corner. */
const STRAY_SHARE = 0.01;
/** Less than this is not a picture with a border but a flat one with something on it. */
const LEAST_SHARE = 1 / 8;
/** Bars of two colours lie inside one another at most: above and below, then left and right, and once more. */
const ROUNDS = 3;

/**
 * The picture without its uniform borders: bars of one colour, any colour and each side its own, that run along a whole
 * side. For asking only: what is stored is always the hash of the whole picture, because nobody else crops alike.
 * @returns null when there is no border, or when hardly anything (under an eighth of a side) would be left.
 * @throws RangeError when the pixels are not of the size they claim.
 */
export function findLetterbox(pixels: Pixels, tolerance = LETTERBOX_TOLERANCE): Crop | null {
  checkPixels(pixels);
  const box = { top: 0, bottom: pixels.height, left: 0, right: pixels.width };
  for (let round = 0; round < ROUNDS; round++) {
    const before = box.top + box.left - box.bottom - box.right;
    const row = (y: number): Line => ({ x: box.left, y, dx: 1, dy: 0, length: box.right - box.left });
    const [above, below] = trim(pixels, box.top, box.bottom, row, tolerance);
    if (above === below) return null;
    [box.top, box.bottom] = [above, below];
    const column = (x: number): Line => ({ x, y: box.top, dx: 0, dy: 1, length: box.bottom - box.top });
    const [west, east] = trim(pixels, box.left, box.right, column, tolerance);
    if (west === east) return null;
    [box.left, box.right] = [west, east];
    if (box.top + box.left - box.bottom - box.right === before) break;
  }
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  if (width === pixels.width && height === pixels.height) return null;
  if (width < pixels.width * LEAST_SHARE || height < pixels.height * LEAST_SHARE) return null;
  return { left: box.left, top: box.top, width, height };
}

/** The pixels of that part, copied. @throws RangeError when it is not inside the picture. */
export function cropPixels(pixels: Pixels, { left, top, width, height }: Crop): Pixels {
  const sane = [left, top, width, height].every((side) => Number.isInteger(side) && side >= 0);
  if (!sane || left + width > pixels.width || top + height > pixels.height || width * height === 0) {
    throw new RangeError('A crop lies inside its picture');
  }
  const { channels } = pixels;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * pixels.width + left) * channels;
    data.set(pixels.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { data, width, height, channels };
}

interface Line {
  readonly x: number;
  readonly y: number;
  readonly dx: 0 | 1;
  readonly dy: 0 | 1;
  readonly length: number;
}

type Colour = readonly [number, number, number];

/** Takes uniform lines off both ends of `first`..`last` (exclusive). */
function trim(
  pixels: Pixels,
  first: number,
  last: number,
  lineAt: (at: number) => Line,
  tolerance: number,
): [number, number] {
  let [from, to] = [first, last];
  const start = meanOf(pixels, lineAt(from));
  while (from < to && isOf(start, pixels, lineAt(from), tolerance)) from++;
  if (from === to) return [from, to];
  const end = meanOf(pixels, lineAt(to - 1));
  while (to > from && isOf(end, pixels, lineAt(to - 1), tolerance)) to--;
  return [from, to];
}

function meanOf(pixels: Pixels, line: Line): Colour {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < line.length; i++) {
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + sampleAt(pixels, line, i, c);
  }
  return [sums[0] / line.length, sums[1] / line.length, sums[2] / line.length];
}

/** Whether all but a hundredth of the line is of the colour. */
function isOf(colour: Colour, pixels: Pixels, line: Line, tolerance: number): boolean {
  let strays = 0;
  for (let i = 0; i < line.length; i++) {
    const near = colour.every((level, c) => Math.abs(sampleAt(pixels, line, i, c) - level) <= tolerance);
    if (!near && ++strays > line.length * STRAY_SHARE) return false;
  }
  return true;
}

/** Alpha is not looked at: PDQ does not either. */
function sampleAt({ data, width, channels }: Pixels, { x, y, dx, dy }: Line, i: number, c: number): number {
  return data[((y + i * dy) * width + x + i * dx) * channels + (channels < 3 ? 0 : c)] ?? 0;
}
