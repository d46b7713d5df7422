/**
 * Whether an image file ends before its own structure says it does. Decoders answer a cut-off file with any of a dozen
 * messages, or decode what is there; the formats that state their lengths are asked instead. JPEG and GIF do not, and
 * are left to the decoder, which says so in words.
 */
export function endsEarly(bytes: Uint8Array, type: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'image/png') return pngEndsEarly(view);
  if (type === 'image/webp') return view.byteLength < 12 || view.getUint32(4, true) + 8 > view.byteLength;
  if (type === 'image/avif' || type === 'image/heic' || type === 'image/heif') return boxesEndEarly(view);
  return false;
}

/** What libjpeg, nsgif and libheif say of a file that ends early. */
export function saysTruncated(message: string): boolean {
  return /premature end|unexpected end|cannot read full/i.test(message);
}

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
