import type sharp from 'sharp';
import { blockhash } from '../../perceptual/blockhash';
import { hammingDistance } from '../../perceptual/hamming';
import { PDQ_MATCH_RADIUS, PDQ_MIN_SIDE, pdqHash } from '../../perceptual/pdq';
import { PDQ_SIDE } from '../../perceptual/pdq-filter';
import { pdqHashFast } from '../../perceptual/pdq-jpeg';
import { pdqVariants } from '../../perceptual/pdq-variants';
import type { Pixels } from '../../perceptual/pixels';
import type { HashRequest } from './frames';
import { firstFrame, placed } from './first-frame';
import { jpegHeader, jpegScans } from './jpeg-header';
import { sniff } from './magic';
import { INCOMPLETE_CODES } from './protocol';
import type { DecodeFaultCode, DecodeLimits, FastImageHashes, ImageHashes, IncompleteCode } from './protocol';
import { endsEarly, paddedOut, saysTruncated, tiffEndsEarly, withEndMark } from './truncation';

/** Given to whatever needs it: the SDK hashes with this code too, and there it may not be installed. */
export type Sharp = typeof sharp;

export class DecodeFault extends Error {
  constructor(
    readonly code: DecodeFaultCode,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}

const DECODED = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heic', 'heif', 'avif'].map((format) => `image/${format}`);

/** Every loader and saver of libvips is shut, then the in-memory loaders of these formats are opened. */
export function hardenDecoder(sharp: Sharp): void {
  sharp.block({ operation: ['VipsForeignLoad', 'VipsForeignSave'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((format) => `VipsForeignLoad${format}Buffer`),
  });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * PDQ and blockhash of an encoded image. The rules, each with a test in image-pool.spec.ts:
 * - the type is by magic bytes; SVG and everything unknown is refused;
 * - EXIF orientation is not applied, embedded colour profiles are ignored (the field's clients do neither);
 * - CMYK becomes sRGB, through the file's own profile where it has one;
 * - grey stays one channel, a palette is expanded to its colours, 16 bits keep their high byte, 1 bit is black and white;
 * - alpha is ignored by PDQ; to blockhash a fully transparent pixel is white;
 * - what viewers show counts: of an animation its first frame, also where it is an APNG whose own picture is none of its
 *   frames; of a TIFF the first page, of a HEIF the primary item; of a progressive picture the last scan;
 * - a side under 5 pixels: no PDQ (zeros, quality 0), but a blockhash;
 * - a file that lost its end mark and no pixel is whole; one that lost more is refused, or with `partial` hashed as far as
 *   a browser would show it and marked `incomplete`.
 *
 * In `fast` mode a baseline JPEG is not decoded at all (`pdqHashFast`), and another large one (progressive, CMYK) is at a
 * fraction of its size, shrunk to 64 x 64; docs/decisions/perceptual-hashes.md has the errors. Other formats cannot be
 * decoded smaller for less, and are computed as exactly as ever.
 *
 * The service runs this in a child process only: it is where hostile bytes meet native decoders.
 * @param loadSharp asked only for what has to be decoded; what it throws is thrown on.
 * @throws DecodeFault
 */
export async function hashEncoded(
  loadSharp: () => Promise<Sharp>,
  bytes: Uint8Array,
  limits: DecodeLimits,
  request: HashRequest = { mode: 'exact', variants: [] },
): Promise<ImageHashes | FastImageHashes> {
  const { type, active } = sniff(bytes);
  if (!DECODED.includes(type)) throw new DecodeFault('image.unsupported', { found: active ?? type });
  const found = request.mode === 'fast' && type === 'image/jpeg' ? pdqHashFast(bytes, limits.maxPixels) : null;
  if (found) return { mode: 'fast', type, ...found };
  const { pixels, width, height, incomplete } = await decodeShown(await loadSharp(), bytes, type, limits, request);
  const shared = { type, width, height, pdq: pdqHash(pixels), ...(incomplete ? { incomplete } : {}) };
  if (request.mode === 'fast') return { mode: 'fast', ...shared };
  const exact = { mode: 'exact', ...shared, blockhash: blockhash(pixels) } as const;
  return request.variants.length > 0 ? { ...exact, variants: pdqVariants(pixels, request.variants) } : exact;
}

type Seen = DecodedImage & { readonly incomplete?: IncompleteCode };

/**
 * What browsers show first; see {@link firstFrame}. A frame that cannot be read is never silently the picture behind it, and a
 * look-up is told where other viewers show something that is not like it.
 */
async function decodeShown(
  sharp: Sharp,
  bytes: Uint8Array,
  type: string,
  limits: DecodeLimits,
  request: HashRequest,
): Promise<Seen> {
  const frame = type === 'image/png' ? firstFrame(bytes) : null;
  const own = (): Promise<Seen> => decodeSeen(sharp, bytes, type, limits, request);
  if (!frame) return own();
  const { width, height } = frame.canvas;
  if (width * height > limits.maxPixels) {
    throw new DecodeFault('image.too-large', { width, height, maxPixels: limits.maxPixels });
  }
  const { png } = frame;
  const framed = async (file: Uint8Array): Promise<Seen> => {
    const seen = await decodeSeen(sharp, file, type, limits, request);
    return { ...seen, pixels: placed(seen.pixels, frame), width, height };
  };
  if (png) {
    const [shown, other] = frame.isShown ? [() => framed(png), own] : [own, () => framed(png)];
    return request.partial ? beside(await shown(), await other().catch(() => null)) : shown();
  }
  if (!frame.isShown) return own();
  if (!request.partial) throw new DecodeFault('image.undecodable', { type });
  return { ...(await own()), incomplete: 'image.undecodable' };
}

/** Of two pictures in one file the one that browsers show, marked where the other is not like it. */
function beside(shown: Seen, other: Seen | null): Seen {
  if (!other) return shown;
  const apart = hammingDistance(pdqHash(shown.pixels).hash, pdqHash(other.pixels).hash);
  return apart > PDQ_MATCH_RADIUS ? { incomplete: 'image.ambiguous', ...shown } : shown;
}

/** The whole picture; where `partial` allows it, what there is of one. @throws DecodeFault */
async function decodeSeen(
  sharp: Sharp,
  bytes: Uint8Array,
  type: string,
  limits: DecodeLimits,
  request: HashRequest,
): Promise<Seen> {
  try {
    return await decodeWhole(sharp, bytes, type, limits, request.mode === 'fast');
  } catch (error) {
    const fault = faultOf(error, type, bytes);
    const incomplete = INCOMPLETE_CODES.find((code) => code === fault.code);
    if (!request.partial || !incomplete) throw fault;
    const part = await decodeImage(sharp, paddedOut(bytes, type), limits, false, 'none').catch(() => undefined);
    if (!part) throw fault;
    return { ...part, incomplete };
  }
}

/**
 * Every pixel is there. That only the end mark is missing is told by putting it back. What is not whole is never decoded
 * at a fraction of its size: the decoder then overlooks what is missing, or shows something else in its place.
 */
async function decodeWhole(
  sharp: Sharp,
  bytes: Uint8Array,
  type: string,
  limits: DecodeLimits,
  fast: boolean,
): Promise<DecodedImage> {
  try {
    if (endsEarly(bytes, type)) throw new DecodeFault('image.truncated', { type });
    return await decodeImage(sharp, bytes, limits, fast);
  } catch (error) {
    const fault = faultOf(error, type, bytes);
    const marked = fault.code === 'image.truncated' ? withEndMark(bytes, type) : null;
    // libjpeg fills up what is missing before the mark, and only warns of it.
    const failOn = type === 'image/jpeg' ? 'warning' : 'error';
    const whole = marked && (await decodeImage(sharp, marked, limits, false, failOn).catch(() => null));
    if (!whole) throw fault;
    return whole;
  }
}

/** Of pixels, times scans: libjpeg goes through a whole picture for each, and the usual limit of some fifty is less than browsers have. */
const MOST_SCANNED = 1e9;

/** Pictures of fewer pixels are not shrunk: decoding them whole takes no longer. */
const WORTH_SHRINKING = 2 ** 19;

export interface DecodedImage {
  readonly pixels: Pixels;
  /** Of the stored picture, whatever size `pixels` have. */
  readonly width: number;
  readonly height: number;
}

/** The pixels of an encoded image by the rules above; `fast`: shrunk to 64 x 64 where that is faster. @throws DecodeFault */
export async function decodeImage(
  sharp: Sharp,
  bytes: Uint8Array,
  { maxPixels }: DecodeLimits,
  fast: boolean,
  failOn: 'none' | 'error' | 'warning' = 'error',
): Promise<DecodedImage> {
  // Before any decoding, so that the refusal can say how large the image claims to be.
  const { width, height, space, jpeg } = await headerOf(sharp, bytes, failOn);
  if (width * height > maxPixels) throw new DecodeFault('image.too-large', { width, height, maxPixels });
  const decoder = sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn,
    unlimited: failOn === 'none' && jpeg && jpegScans(bytes) * width * height <= MOST_SCANNED,
    pages: 1,
    sequentialRead: true,
    ignoreIcc: space !== 'cmyk',
  });
  const worth = width * height >= WORTH_SHRINKING && Math.min(width, height) >= PDQ_MIN_SIDE;
  // Of six kernels the nearest to PDQ's own filter; nearest neighbour is twice as far off. With `fastShrinkOnLoad` the
  // scaling in the JPEG decoder may be the only filter: a third more bits for a tenth of the time.
  if (fast && jpeg && worth) {
    decoder.resize(PDQ_SIDE, PDQ_SIDE, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
  }
  const grey = space === 'b-w' || space === 'grey16';
  const { data, info } = await decoder
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) throw new DecodeFault('image.undecodable');
  return { pixels: { data, width: info.width, height: info.height, channels }, width, height };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly space: string | undefined;
  readonly jpeg: boolean;
}

const JPEG_SPACES: Readonly<Record<number, string>> = { 1: 'b-w', 3: 'srgb', 4: 'cmyk' };

async function headerOf(sharp: Sharp, bytes: Uint8Array, failOn: 'none' | 'error' | 'warning'): Promise<Header> {
  const plain = bytes[0] === 0xff ? jpegHeader(bytes) : null;
  if (plain) {
    return { width: plain.width, height: plain.height, space: JPEG_SPACES[plain.components], jpeg: true };
  }
  const { width, height, space, format } = await sharp(bytes, { limitInputPixels: false, failOn }).metadata();
  return { width, height, space, jpeg: format === 'jpeg' };
}

/** The decoder's own words are not passed on: they can quote what is in the file. */
function faultOf(error: unknown, type: string, bytes: Uint8Array): DecodeFault {
  if (error instanceof DecodeFault) return error;
  const message = error instanceof Error ? error.message : '';
  if (/pixel limit/i.test(message)) return new DecodeFault('image.too-large', { type });
  // Said of empty scans behind those that make the picture, with other words that would call it cut off.
  if (/inconsistent progression/i.test(message)) return new DecodeFault('image.undecodable', { type });
  if (saysTruncated(message)) return new DecodeFault('image.truncated', { type });
  // To libvips a TIFF whose directory it cannot read is of no kind that it knows.
  if (type === 'image/tiff' && /unsupported image format/i.test(message)) {
    return new DecodeFault(tiffEndsEarly(bytes) ? 'image.truncated' : 'image.undecodable', { type });
  }
  if (/unsupported|no decoding plugin/i.test(message)) return new DecodeFault('image.unsupported', { found: type });
  return new DecodeFault('image.undecodable', { type });
}
