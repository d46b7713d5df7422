/**
 * The picture without its EXIF data. Browsers turn a picture as EXIF says whatever they are asked (Chromium takes
 * `imageOrientation: 'none'` for `'from-image'`), and the field's clients hash the stored pixels. JPEG, PNG and WebP; what
 * is anything else, or not built as it should be, is returned as it came.
 */
export function withoutOrientation(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = view.byteLength < 16 ? null : partsOf(view);
  const whole = kept ?? [[0, bytes.length] as const];
  const result = new Uint8Array(whole.reduce((sum, [from, to]) => sum + to - from, 0));
  let at = 0;
  for (const [from, to] of whole) {
    result.set(bytes.subarray(from, to), at);
    at += to - from;
  }
  if (kept && isWebp(view)) finishWebp(result);
  return result;
}

type Part = readonly [from: number, to: number];

const PNG = 0x89504e47;
const RIFF = 0x52494646;
const WEBP = 0x57454250;
const EXIF_CHUNK = 0x45584946;
const EXIF_PNG_CHUNK = 0x65584966;
const isWebp = (view: DataView): boolean => view.getUint32(0) === RIFF && view.getUint32(8) === WEBP;

/** The stretches to keep, or null where there is nothing to leave out. */
function partsOf(view: DataView): Part[] | null {
  if (view.getUint16(0) === 0xffd8) return jpegParts(view);
  if (view.getUint32(0) === PNG) {
    return chunkParts(
      view,
      8,
      (at) => ({ name: view.getUint32(at + 4), size: 12 + view.getUint32(at) }),
      EXIF_PNG_CHUNK,
    );
  }
  if (!isWebp(view)) return null;
  const chunk = (at: number): Chunk => {
    const size = view.getUint32(at + 4, true);
    return { name: view.getUint32(at), size: 8 + size + (size % 2) };
  };
  return chunkParts(view, 12, chunk, EXIF_CHUNK);
}

interface Chunk {
  readonly name: number;
  /** All of it, head and padding included. */
  readonly size: number;
}

function chunkParts(view: DataView, start: number, chunkAt: (at: number) => Chunk, dropped: number): Part[] | null {
  const kept: Part[] = [[0, start]];
  for (let at = start; at < view.byteLength;) {
    if (at + 8 > view.byteLength) return null;
    const { name, size } = chunkAt(at);
    const end = Math.min(at + size, view.byteLength);
    if (name !== dropped) kept.push([at, end]);
    at = end;
  }
  return kept;
}

/** Segments up to the first scan; APP1 holds EXIF (and XMP, which turns nothing and goes with it). */
function jpegParts(view: DataView): Part[] | null {
  const kept: Part[] = [[0, 2]];
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > view.byteLength) return null;
    if (marker !== 0xe1) kept.push([at, end]);
    at = end;
  }
  return [...kept, [at, view.byteLength]];
}

/** The size in the head, and the flag that announces EXIF, follow what was left out. */
function finishWebp(webp: Uint8Array): void {
  const view = new DataView(webp.buffer);
  view.setUint32(4, webp.length - 8, true);
  const isExtended = webp.length > 20 && view.getUint32(12) === 0x56503858;
  if (isExtended) view.setUint8(20, view.getUint8(20) & ~0x08);
}
