import { createDeflate, crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { Pixels } from '../../src/perceptual/pixels';

/**
 * Abstract pictures made from a seed: a gradient, bands and coloured shapes. The same seed gives the same pixels at the
 * same size everywhere; different seeds are unrelated to every perceptual hash. No file of the world is needed.
 */
export interface SceneSize {
  readonly width: number;
  readonly height: number;
}

/** Local names: under jest each look-up of a global in a loop over pixels costs more than the pixel. */
const { abs, imul, max, min, round, sin } = Math;

const SIZE: SceneSize = { width: 640, height: 427 };

/** mulberry32: a small generator whose whole state is the seed. Values in 0..1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Shape {
  readonly round: boolean;
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly colour: readonly [number, number, number];
}

/** RGB pixels of the scene of this seed. */
export function scenePixels(seed: number, size: SceneSize = SIZE): Pixels & { data: Uint8Array } {
  const random = randomFrom(seed);
  // As saturated as photographs are. With colours from the whole cube, hues of equal brightness lie side by side, and
  // PDQ (which sees 0.299 R + 0.587 G + 0.114 B) rightly loses 2 of 24 scenes to a greyscale that weighs otherwise.
  const colour = (): readonly [number, number, number] => {
    const light = random() * 255;
    const tinted = (): number => light * 0.65 + random() * 255 * 0.35;
    return [tinted(), tinted(), tinted()];
  };
  const corners = [colour(), colour(), colour(), colour()] as const;
  const waves = [random() * 9, random() * 9, random() * 40] as const;
  const shapes: Shape[] = Array.from({ length: 14 }, () => ({
    round: random() < 0.5,
    x: random(),
    y: random(),
    halfWidth: 0.03 + random() * 0.2,
    halfHeight: 0.03 + random() * 0.2,
    colour: colour(),
  }));
  const data = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      paint(data, (y * size.width + x) * 3, (x + 0.5) / size.width, (y + 0.5) / size.height);
    }
  }
  return { data, width: size.width, height: size.height, channels: 3 };

  function paint(out: Uint8Array, at: number, u: number, v: number): void {
    const shape = shapes.findLast((s) => inside(s, u, v));
    const wave = waves[2] * sin(waves[0] * u * 6.28 + waves[1] * v * 6.28);
    for (let c = 0; c < 3; c++) {
      const top = corners[0][c]! * (1 - u) + corners[1][c]! * u;
      const bottom = corners[2][c]! * (1 - u) + corners[3][c]! * u;
      const base = shape ? shape.colour[c]! : top * (1 - v) + bottom * v;
      out[at + c] = max(0, min(255, round(base + wave)));
    }
  }
}

function inside(shape: Shape, u: number, v: number): boolean {
  const x = (u - shape.x) / shape.halfWidth;
  const y = (v - shape.y) / shape.halfHeight;
  return shape.round ? x * x + y * y < 1 : abs(x) < 1 && abs(y) < 1;
}

/** A sharp pipeline over pixels, for a format of one's own. */
export function pipelineOf({ data, width, height, channels }: Pixels): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

export function sceneJpeg(seed: number, size: SceneSize = SIZE, quality = 90): Promise<Buffer> {
  return pipelineOf(scenePixels(seed, size)).jpeg({ quality }).toBuffer();
}

export function scenePng(seed: number, size: SceneSize = SIZE): Promise<Buffer> {
  return pipelineOf(scenePixels(seed, size)).png().toBuffer();
}

// What happens to a picture on its way from one site to the next.

export function recompressed(image: Buffer, quality = 40): Promise<Buffer> {
  return sharp(image).jpeg({ quality }).toBuffer();
}

export async function resized(image: Buffer, factor = 0.5): Promise<Buffer> {
  const { width, height } = await sharp(image).metadata();
  return sharp(image)
    .resize(Math.round(width * factor), Math.round(height * factor), { fit: 'fill' })
    .jpeg()
    .toBuffer();
}

export function greyscaled(image: Buffer): Promise<Buffer> {
  return sharp(image).greyscale().jpeg().toBuffer();
}

/** A half-transparent white bar of a tenth of the width and a twelfth of the height in the lower right corner. */
export async function watermarked(image: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(image).metadata();
  const mark = { width: Math.ceil(width / 10), height: Math.ceil(height / 12), channels: 4 as const };
  const input = await sharp({ create: { ...mark, background: { r: 255, g: 255, b: 255, alpha: 0.5 } } })
    .png()
    .toBuffer();
  return sharp(image)
    .composite([{ input, gravity: 'southeast' }])
    .jpeg({ quality: 88 })
    .toBuffer();
}

// Files that must be refused, each with its own reason.

/** A valid black PNG of 30000 x 30000 pixels, 900 megapixels in about 110 kB. */
export async function pngBomb(side = 30_000): Promise<Buffer> {
  const deflate = createDeflate({ level: 9 });
  const compressed: Buffer[] = [];
  deflate.on('data', (part: Buffer) => compressed.push(part));
  const rows = Buffer.alloc((1 + Math.ceil(side / 8)) * 1000);
  for (let written = 0; written < side; written += 1000) {
    if (!deflate.write(rows)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  await new Promise<void>((resolve) => deflate.end(() => resolve()));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', Buffer.concat(compressed)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

export function svgFile(): Buffer {
  return Buffer.from(
    '<?xml version="1.0"?>\n<!-- a picture that can run scripts -->\n' +
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="20"/></svg>\n',
  );
}

/** A JPEG whose last half never arrived. */
export async function truncatedJpeg(seed: number): Promise<Buffer> {
  const whole = await sceneJpeg(seed);
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** A JPEG that its sender calls a PNG. */
export async function mislabelledFile(seed: number): Promise<{ name: string; declaredType: string; bytes: Buffer }> {
  return { name: 'picture.png', declaredType: 'image/png', bytes: await sceneJpeg(seed) };
}
