import { blockhash } from '../../../src/perceptual/blockhash';
import { pdqHash } from '../../../src/perceptual/pdq';
import { pdqHashFast } from '../../../src/perceptual/pdq-jpeg';
import { endsEarly, paddedOut, saysTruncated, withEndMark } from '../../../src/infra/imaging/truncation';
import type { Pixels } from '../../../src/perceptual/pixels';
import type { Image } from '../api';

/** sharp, as far as it is used: an optional peer, so its own types are not needed to compile against this package. */
interface SharpPipeline {
  metadata(): Promise<{ width: number; height: number; space?: string; format?: string }>;
  resize(width: number, height: number, options: { fit: 'fill'; fastShrinkOnLoad: boolean }): SharpPipeline;
  toColourspace(space: string): SharpPipeline;
  raw(options: { depth: 'uchar' }): SharpPipeline;
  toBuffer(options: {
    resolveWithObject: true;
  }): Promise<{ data: Uint8Array; info: { width: number; height: number; channels: number } }>;
}
export interface Sharp {
  (bytes: Uint8Array, options: Readonly<Record<string, unknown>>): SharpPipeline;
  readonly concurrency?: (threads: number) => number;
}

export interface DecodeOptions {
  /** Refused above it, before a pixel is decoded. */
  readonly maxPixels: number;
  /**
   * For scanning in bulk, never for a hash that is contributed: a baseline JPEG of 512 pixels and more a side is not
   * decoded at all, and has no blockhash then; another JPEG is decoded at a half, a quarter … of its size,
   * {@link FAST_SIDE} a side at the least. PDQ is then up to 6 of 256 bits from the exact one (46 pictures).
   */
  readonly fast: boolean;
}

/** `blockhash` is null where the picture was not decoded. */
export type HashedImage = Omit<Image, 'blockhash'> & { readonly blockhash: string | null };

/** A picture as far as it can be seen; `incomplete`: why it is not the whole. */
export interface SeenImage {
  readonly image: Image;
  readonly incomplete: ImageFault | null;
}

interface Decoded {
  readonly pixels: Pixels;
  readonly width: number;
  readonly height: number;
}

export const FAST_SIDE = 512;
const TRUNCATED = 'the picture ends early';
/** A browser shows what there is of such a picture, so that is what is compared. */
const SEEN_IN_PART: ReadonlySet<string> = new Set(['image.truncated', 'image.undecodable']);

/** The picture has no perceptual hash; `code` is of the server's words for the same. */
export class ImageFault extends Error {
  override readonly name = 'ImageFault';

  constructor(
    readonly code: 'image.too-large' | 'image.truncated' | 'image.unsupported' | 'image.undecodable',
    message: string,
  ) {
    super(message);
  }
}

function isSharp(value: unknown): value is Sharp {
  return typeof value === 'function';
}

let loaded: Promise<Sharp | null> | undefined;

/** Without a decoder, and nearly; null for all but baseline JPEGs. */
export function hashImageFast(bytes: Uint8Array, { maxPixels, fast }: DecodeOptions): HashedImage | null {
  const found = fast ? pdqHashFast(bytes, maxPixels) : null;
  return found && { ...found, blockhash: null };
}

/** sharp where it is installed, otherwise null. Asked once. */
export function findSharp(): Promise<Sharp | null> {
  loaded ??= import('sharp').then(
    (module: { readonly default: unknown }) => (isSharp(module.default) ? module.default : null),
    () => null,
  );
  return loaded;
}

/**
 * PDQ and blockhash of an encoded image by the server's own rules: EXIF orientation is not applied and a colour profile
 * is ignored (the field's clients do neither), CMYK becomes sRGB, grey stays one channel, of an animation the first frame counts.
 * One that ends early or is damaged is hashed as far as it can be seen.
 * @throws ImageFault
 */
export async function hashImage(
  sharp: Sharp,
  bytes: Uint8Array,
  type: string,
  options: DecodeOptions,
): Promise<SeenImage> {
  try {
    return { image: hashed(await decodeWhole(sharp, bytes, type, options)), incomplete: null };
  } catch (error) {
    const fault = faultOf(error);
    if (!SEEN_IN_PART.has(fault.code)) throw fault;
    const part = await decode(sharp, paddedOut(bytes, type), options, 'none').catch(() => null);
    if (!part) throw fault;
    return { image: hashed(part), incomplete: fault };
  }
}

const hashed = ({ pixels, width, height }: Decoded): Image => ({
  width,
  height,
  pdq: pdqHash(pixels),
  blockhash: blockhash(pixels),
});

/** As on the server: that only the end mark is missing, and no pixel, is told by putting it back. */
async function decodeWhole(sharp: Sharp, bytes: Uint8Array, type: string, options: DecodeOptions): Promise<Decoded> {
  try {
    if (endsEarly(bytes, type)) throw new ImageFault('image.truncated', TRUNCATED);
    return await decode(sharp, bytes, options, 'error');
  } catch (error) {
    const fault = faultOf(error);
    const marked = fault.code === 'image.truncated' ? withEndMark(bytes, type) : null;
    const failOn = type === 'image/jpeg' ? 'warning' : 'error';
    const whole = marked && (await decode(sharp, marked, options, failOn).catch(() => null));
    if (!whole) throw fault;
    return whole;
  }
}

async function decode(
  sharp: Sharp,
  bytes: Uint8Array,
  { maxPixels, fast }: DecodeOptions,
  failOn: 'none' | 'error' | 'warning',
): Promise<Decoded> {
  const { width, height, space, format } = await sharp(bytes, { limitInputPixels: false, failOn }).metadata();
  if (width * height > maxPixels) {
    throw new ImageFault('image.too-large', `the picture is ${width} x ${height}, more than ${maxPixels} pixels`);
  }
  const grey = space === 'b-w' || space === 'grey16';
  const whole = sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn,
    pages: 1,
    sequentialRead: true,
    ignoreIcc: space !== 'cmyk',
  });
  const part = fast && format === 'jpeg' ? shrinkOf(Math.min(width, height)) : 1;
  const [less, lower] = [Math.ceil(width / part), Math.ceil(height / part)];
  const pipeline = part > 1 ? whole.resize(less, lower, { fit: 'fill', fastShrinkOnLoad: false }) : whole;
  const { data, info } = await pipeline
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw new ImageFault('image.undecodable', 'the picture cannot be decoded');
  }
  return { pixels: { data, width: info.width, height: info.height, channels }, width, height };
}

/** The greatest power of two that leaves the shorter side its {@link FAST_SIDE}: JPEG's own transform scales by these. */
const shrinkOf = (side: number): number => 2 ** Math.max(0, Math.floor(Math.log2(side / FAST_SIDE)));

/** The decoder's own words are not passed on: they can quote what is in the file. */
function faultOf(error: unknown): ImageFault {
  if (error instanceof ImageFault) return error;
  const message = error instanceof Error ? error.message : '';
  if (/pixel limit/i.test(message)) return new ImageFault('image.too-large', 'the picture is too large to decode');
  if (saysTruncated(message)) return new ImageFault('image.truncated', TRUNCATED);
  if (/unsupported|no decoding plugin/i.test(message)) {
    return new ImageFault('image.unsupported', 'this sharp cannot decode the format');
  }
  return new ImageFault('image.undecodable', 'the picture cannot be decoded');
}
