import { createDeflate, crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { sceneJpeg } from '../../seeds/scenes';

export { pipelineOf, randomFrom, recompressed, sceneJpeg, scenePixels, scenePng } from '../../seeds/scenes';
export type { SceneSize } from '../../seeds/scenes';

// What happens to a picture on its way from one site to the next.

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
  return bilevelFile(side, side, Buffer.concat(compressed));
}

/** A greyscale PNG of one bit a pixel, which sharp does not write: rows of 0 and 1. */
export function bilevelPng(rows: readonly (readonly number[])[]): Buffer {
  const width = rows[0]?.length ?? 0;
  const packed = rows.map((row) => {
    const line = Buffer.alloc(1 + Math.ceil(width / 8));
    row.forEach((bit, x) => (line[1 + (x >> 3)] = (line[1 + (x >> 3)] ?? 0) | (bit << (7 - (x & 7)))));
    return line;
  });
  return bilevelFile(width, rows.length, deflateSync(Buffer.concat(packed)));
}

function bilevelFile(width: number, height: number, compressed: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', compressed),
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

/** A chunk as it stands in the file; `lie`: with a check sum that is not its own. */
export type AnimationPart =
  | { readonly frames: number; readonly plays?: number; readonly lie?: true }
  | { readonly control: readonly [width: number, height: number, x: number, y: number]; readonly lie?: true }
  | { readonly own: Buffer }
  | { readonly frame: Buffer };

/** An APNG of the header of one PNG and of parts in the order given: its own picture and its frames are PNGs themselves. */
export function animatedPng(like: Buffer, parts: readonly AnimationPart[]): Buffer {
  let number = 0;
  const numbered = (body: Buffer): Buffer => Buffer.concat([u32Of(number++), body]);
  const written = parts.map((part): Buffer => {
    if ('frames' in part)
      return spoilt(pngChunk('acTL', Buffer.concat([u32Of(part.frames), u32Of(part.plays ?? 0)])), part.lie);
    if ('own' in part) return pngChunk('IDAT', compressedOf(part.own));
    if ('frame' in part) return pngChunk('fdAT', numbered(compressedOf(part.frame)));
    const rest = Buffer.from([0, 1, 0, 100, 0, 0]);
    const control = Buffer.concat([...part.control.map(u32Of), rest]);
    // Viewers pass over what is damaged, and count on from before it.
    return part.lie
      ? spoilt(pngChunk('fcTL', Buffer.concat([u32Of(number), control])), true)
      : pngChunk('fcTL', numbered(control));
  });
  const kept = pngChunks(like).filter(([type]) => type === 'PLTE' || type === 'tRNS');
  return Buffer.concat([
    like.subarray(0, 33),
    ...kept.map(([type, body]) => pngChunk(type, body)),
    ...written,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function u32Of(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function spoilt(chunk: Buffer, lie?: true): Buffer {
  if (lie) chunk[chunk.length - 1]! ^= 1;
  return chunk;
}

const compressedOf = (png: Buffer): Buffer =>
  Buffer.concat(pngChunks(png).flatMap(([type, body]) => (type === 'IDAT' ? [body] : [])));

function pngChunks(png: Buffer): (readonly [type: string, body: Buffer])[] {
  const chunks: (readonly [string, Buffer])[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    chunks.push([png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at))]);
  }
  return chunks;
}
