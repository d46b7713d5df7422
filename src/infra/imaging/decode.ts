import sharp from 'sharp';
import { blockhash } from '../../perceptual/blockhash';
import { pdqHash } from '../../perceptual/pdq';
import type { Pixels } from '../../perceptual/pixels';
import { sniff } from './magic';
import type { DecodeFaultCode, DecodeLimits, ImageHashes } from './protocol';
import { endsEarly, saysTruncated } from './truncation';

/** Runs in the child process only: this is where hostile bytes meet native decoders. */
export class DecodeFault extends Error {
  constructor(
    readonly code: DecodeFaultCode,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}

const DECODED = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/heic', 'image/heif', 'image/avif'];

/** Every loader and saver of libvips is shut, then the in-memory loaders of these formats are opened. */
export function hardenDecoder(): void {
  sharp.block({ operation: ['VipsForeignLoad', 'VipsForeignSave'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`),
  });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * PDQ and blockhash of an encoded image. The rules, each with a test:
 * - the type is by magic bytes; SVG and everything unknown is refused;
 * - EXIF orientation is not applied, embedded colour profiles are ignored (the field's clients do neither);
 * - CMYK becomes sRGB, through the file's own profile where it has one;
 * - grey stays one channel, a palette is expanded to its colours, 16 bits keep their high byte;
 * - alpha is ignored by PDQ; to blockhash a fully transparent pixel is white;
 * - of an animation the first frame counts.
 * @throws DecodeFault
 */
export async function hashEncoded(bytes: Buffer, limits: DecodeLimits): Promise<ImageHashes> {
  const found = sniff(bytes);
  if (!DECODED.includes(found.type)) throw new DecodeFault('image.unsupported', { found: found.active ?? found.type });
  if (endsEarly(bytes, found.type)) throw new DecodeFault('image.truncated', { type: found.type });
  const pixels = await decode(bytes, limits).catch((error: unknown) => {
    throw faultOf(error, found.type);
  });
  const { width, height } = pixels;
  return { type: found.type, width, height, pdq: pdqHash(pixels), blockhash: blockhash(pixels) };
}

async function decode(bytes: Buffer, { maxPixels }: DecodeLimits): Promise<Pixels> {
  // The header alone, so that the refusal can say how large the image claims to be.
  const { width, height, space } = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
  if (width * height > maxPixels) throw new DecodeFault('image.too-large', { width, height, maxPixels });
  const decoder = sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    pages: 1,
    sequentialRead: true,
    ignoreIcc: space !== 'cmyk',
  });
  const grey = space === 'b-w' || space === 'grey16';
  const { data, info } = await decoder
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) throw new DecodeFault('image.undecodable');
  return { data, width: info.width, height: info.height, channels };
}

/** The decoder's own words are not passed on: they can quote what is in the file. */
function faultOf(error: unknown, type: string): DecodeFault {
  if (error instanceof DecodeFault) return error;
  const message = error instanceof Error ? error.message : '';
  if (/pixel limit/i.test(message)) return new DecodeFault('image.too-large', { type });
  if (saysTruncated(message)) return new DecodeFault('image.truncated', { type });
  if (/unsupported|no decoding plugin/i.test(message)) return new DecodeFault('image.unsupported', { found: type });
  return new DecodeFault('image.undecodable', { type });
}
