import { IMAGE_LIMITS } from './protocol';

/**
 * Whether an image file ends before its own structure says it does. Decoders answer a cut-off file with any of a dozen
 * messages, or decode what is there; the formats that state their lengths are asked instead. JPEG and GIF do not, and
 * are left to the decoder, which says so in words.
 */
export function endsEarly(bytes: Uint8Array, type: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'image/png') return pngEndsEarly(view);
  if (type === 'image/webp') return view.byteLength < 12 || view.getUint32(4, true) + 8 > view.byteLength;
  if (ISO_MEDIA.includes(type)) return boxesEndEarly(view);
  return false;
}

/** What a file of this type ends with and may have lost without losing a pixel; null where its loss is loss of the picture. */
const END_MARKS: Readonly<Record<string, readonly number[]>> = {
  'image/jpeg': [0xff, 0xd9],
  'image/gif': [0x3b],
  // Nothing is read of IEND: libpng is done with the last row.
  'image/png': [],
  // libheif seeks to every byte of the picture, so that boxes of nonsense behind it do no harm.
  'image/avif': [],
  'image/heic': [],
  'image/heif': [],
};

/** The file with its end mark put back; null for a type without one that can be missed. */
export function withEndMark(bytes: Uint8Array, type: string): Uint8Array | null {
  const mark = END_MARKS[type];
  return mark ? extended(bytes, bytes.length + mark.length, mark) : null;
}

/**
 * The file with zeros where the rest of it would be: a WebP is opened only at the length that it states, and decodes to
 * a picture whose end is noise. A stated length of more than is decoded here is not believed. (An AVIF does not: its decoder checks how each tile ends.)
 */
export function paddedOut(bytes: Uint8Array, type: string): Uint8Array {
  if (type !== 'image/webp' || bytes.length < 12) return bytes;
  const stated = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true) + 8;
  return stated > bytes.length && stated <= IMAGE_LIMITS.maxBytes ? extended(bytes, stated, []) : bytes;
}

function extended(bytes: Uint8Array, length: number, end: readonly number[]): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  longer.set(end, bytes.length);
  return longer;
}

/** What libjpeg, nsgif and libheif say of a file that ends early. */
export function saysTruncated(message: string): boolean {
  return /premature end|unexpected end|cannot read full/i.test(message);
}

/**
 * Whether the first directory of a TIFF, or one of the blocks that it names, lies beyond the end of the file (TIFF 6.0,
 * section 2). Asked only where decoding failed: what is written there is often wrong, and decoders do without it.
 */
export function tiffEndsEarly(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0x49;
  if (view.byteLength < 8) return true;
  // A BigTIFF has numbers of 64 bits and is not told apart from a damaged one.
  if (view.getUint16(2, isLittle) !== 42) return false;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return true;
  const end = directory + 2 + view.getUint16(directory, isLittle) * TIFF_ENTRY_BYTES;
  if (end > view.byteLength) return true;
  for (let at = directory + 2; at < end; at += TIFF_ENTRY_BYTES) {
    const size = (TIFF_SIZES[view.getUint16(at + 2, isLittle)] ?? 1) * view.getUint32(at + 4, isLittle);
    if (size > 4 && view.getUint32(at + 8, isLittle) + size > view.byteLength) return true;
  }
  return false;
}

const TIFF_ENTRY_BYTES = 12;
/** Bytes of one value, by the type of a field. */
const TIFF_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

const ISO_MEDIA = ['image/avif', 'image/heic', 'image/heif'];
const IEND = 0x49454e44;

function pngEndsEarly(view: DataView): boolean {
  let at = 8;
  while (at + 12 <= view.byteLength) {
    const end = at + 12 + view.getUint32(at);
    if (end > view.byteLength) return true;
    if (view.getUint32(at + 4) === IEND) return false;
    at = end;
  }
  return true;
}

/** ISO base media boxes: size 0 runs to the end of the file, size 1 has 64 bits of size behind the type. */
function boxesEndEarly(view: DataView): boolean {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    if (size === 0) return false;
    if (size === 1 && at + 16 > view.byteLength) return true;
    const length = size === 1 ? Number(view.getBigUint64(at + 8)) : size;
    if (length < 8) return false;
    at += length;
  }
  return at > view.byteLength;
}
