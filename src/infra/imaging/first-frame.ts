import { crc32 } from 'node:zlib';
import type { Pixels } from '../../perceptual/pixels';

/**
 * The first picture of an animated PNG (PNG third edition, 4.9 and 11.3.2) whose own picture, in its IDAT chunks, is no part
 * of its animation: `acTL` stands before them and `fcTL` only behind. Every viewer that plays animations shows the frame;
 * libpng, which knows of none, the other. What Chromium 153 makes of such files, and of broken ones, is in the tests.
 */
export interface FirstFrame {
  /** Viewers that play animations show it. Otherwise they show the picture in IDAT, unless they overlook what is wrong with it. */
  readonly isShown: boolean;
  /** The frame as a PNG of its own; it ends early where the file does. Null: there is none that can be read. */
  readonly png: Uint8Array | null;
  readonly canvas: { readonly width: number; readonly height: number };
  /** Where the frame lies in the canvas, which is transparent around it. */
  readonly at: { readonly x: number; readonly y: number };
}

interface Chunk {
  readonly type: string;
  /** As much of it as there is. */
  readonly data: Uint8Array;
  readonly isWhole: boolean;
  /** By its check sum: an unsound `acTL` or `fcTL` is passed over by viewers, unsound pixels are not. */
  readonly isSound: boolean;
}

const SIGNATURE_BYTES = 8;
const COUNT_BYTES = 8;
/** A whole number of a PNG ends here (third edition, 7.1); a count above it makes no animation, to Chromium as to libpng. */
const MOST = 2 ** 31 - 1;
const CONTROL_BYTES = 26;
/** A PNG of 64 MiB in chunks of a usual size has a thousandth of them. */
const MOST_CHUNKS = 100_000;

/** Null for a PNG that has nothing else to show than its own picture, be it the first frame of an animation. */
export function firstFrame(bytes: Uint8Array): FirstFrame | null {
  const before: Chunk[] = [];
  const behind: Chunk[] = [];
  for (const chunk of chunksOf(bytes)) {
    const isFrame = chunk.type === 'fdAT' || (chunk.type === 'fcTL' && chunk.isSound);
    if (chunk.type === 'IDAT' && behind.length === 0) {
      if (before.some(({ type, isSound }) => type === 'fcTL' && isSound)) return null;
      behind.push(chunk);
    } else if (behind.length === 0) before.push(chunk);
    else if (chunk.type === 'fcTL' && behind.at(-1)?.type === 'fdAT') break;
    else if (isFrame) behind.push(chunk);
    if (before.length + behind.length > MOST_CHUNKS) break;
  }
  const header = before.find(({ type }) => type === 'IHDR')?.data;
  if (!header) return null;
  // What stands behind so many is not looked at, and so nobody knows what a viewer shows: not the picture in its IDAT for sure.
  if (behind.length === 0 && before.length > MOST_CHUNKS) return unreadable(header);
  const isShown = hidesItself(before);
  if (behind.length === 0 || (!isShown && !behind.some(({ type }) => type === 'fdAT'))) return null;
  return { ...frameOf(bytes, header, before, behind), isShown };
}

function hidesItself(before: readonly Chunk[]): boolean {
  const sound = before.filter(({ isSound }) => isSound);
  return sound.some(isCount) && sound.some(isHeader);
}

const isCount = ({ type, data }: Chunk): boolean =>
  type === 'acTL' && data.length === COUNT_BYTES && u32(data, 0) > 0 && u32(data, 0) <= MOST && u32(data, 4) <= MOST;
const isHeader = ({ type, data }: Chunk): boolean => type === 'IHDR' && data.length === 13;

const unreadable = (header: Uint8Array): FirstFrame => ({
  isShown: true,
  png: null,
  canvas: { width: u32(header, 0), height: u32(header, 4) },
  at: { x: 0, y: 0 },
});

function frameOf(
  bytes: Uint8Array,
  header: Uint8Array,
  before: readonly Chunk[],
  behind: readonly Chunk[],
): FirstFrame {
  const none = unreadable(header);
  const { canvas } = none;
  const parts = behind.filter(({ type }) => type === 'fdAT');
  // One without pixels is passed over.
  const control = behind.findLast(({ type }) => type === 'fcTL')?.data;
  if (control?.length !== CONTROL_BYTES || parts.length === 0 || behind.length >= MOST_CHUNKS) return none;
  const [width, height, x, y] = [u32(control, 4), u32(control, 8), u32(control, 12), u32(control, 16)];
  if (width === 0 || height === 0 || x + width > canvas.width || y + height > canvas.height) return none;
  const pieces = [
    bytes.subarray(0, SIGNATURE_BYTES),
    chunkOf('IHDR', headerOf(header, width, height)),
    ...before
      .filter(({ type }) => !['IHDR', 'acTL', 'fcTL'].includes(type))
      .map((kept) => chunkOf(kept.type, kept.data)),
    // Each begins with its number in the animation.
    ...parts.map(({ data }) => chunkOf('IDAT', data.subarray(4))),
    ...(parts.every(({ isWhole }) => isWhole) ? [chunkOf('IEND', new Uint8Array())] : []),
  ];
  return { ...none, png: Buffer.concat(pieces), at: { x, y } };
}

/** The frame where it lies in its canvas; around it is nothing to see: black, and transparent. */
export function placed(pixels: Pixels, { canvas, at }: FirstFrame): Pixels {
  const { data, width, height, channels: from } = pixels;
  if (width === canvas.width && height === canvas.height) return pixels;
  const channels = from === 1 || from === 2 ? 2 : 4;
  const whole = new Uint8Array(canvas.width * canvas.height * channels);
  for (let row = 0; row < height; row++) {
    let to = ((at.y + row) * canvas.width + at.x) * channels;
    for (let pixel = row * width * from; pixel < (row + 1) * width * from; pixel += from, to += channels) {
      for (let channel = 0; channel < channels; channel++) {
        whole[to + channel] = channel < from ? (data[pixel + channel] ?? 0) : 255;
      }
    }
  }
  return { data: whole, ...canvas, channels };
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk, void, undefined> {
  for (let at = SIGNATURE_BYTES; at + 8 <= bytes.length;) {
    const end = at + 8 + u32(bytes, at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IEND') return;
    const isWhole = end + 4 <= bytes.length;
    const isChecked = type === 'acTL' || type === 'fcTL';
    const isSound = isWhole && (!isChecked || u32(bytes, end) === crc32(bytes.subarray(at + 4, end)));
    yield { type, data: bytes.subarray(at + 8, end), isWhole, isSound };
    at = end + 4;
  }
}

function headerOf(header: Uint8Array, width: number, height: number): Uint8Array {
  const changed = Uint8Array.from(header);
  const view = new DataView(changed.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  return changed;
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, data.length + 8)), data.length + 8);
  return whole;
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}
