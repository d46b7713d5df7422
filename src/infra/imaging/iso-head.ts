/** Boxes of ISO base media and QuickTime files that players know such a file by, wherever they stand in its head. */
const KNOWN = new Set(
  [
    ['ftyp', 'styp', 'moov', 'moof', 'mdat', 'mfra', 'sidx', 'ssix', 'emsg', 'prft', 'meta', 'pdin'],
    ['free', 'skip', 'wide', 'uuid', 'udta', 'junk', 'pict', 'pnot', 'prfl', 'ediw'],
  ].flat(),
);
/** A stretch of numbers under 8 is walked by four bytes each. */
const MOST_STEPS = 20_000;
/** How far ffmpeg, and so Chromium, goes to find a box that it knows is less than this; of what is larger the first is text. */
const LONGEST_SKIPPED = 2 ** 24;

/**
 * Whether players would take the file for a film in boxes (ISO/IEC 14496-12, 4.2): they pass over those that they do not
 * know, also over numbers too small for a size, until one that they do. Where the `head` ends within one of them there is
 * no telling what follows, and what may follow is a film.
 */
export function hasMovieBoxes(head: Uint8Array, isCutOff: boolean): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = 0;
  for (let steps = 0; steps < MOST_STEPS && at + 8 <= head.length; steps++) {
    const size = view.getUint32(at);
    const type = head.subarray(at + 4, at + 8);
    if (size > 1 && size < 8) {
      at += 4;
      continue;
    }
    // "Get free ..." is a sentence.
    if (head.subarray(at, at + 4).every(isText)) return false;
    if (KNOWN.has(String.fromCharCode(...type))) return true;
    if (size === 0 || (size === 1 && at + 16 > head.length)) return false;
    const length = size === 1 ? Number(view.getBigUint64(at + 8)) : size;
    if (length < (size === 1 ? 16 : 8)) return false;
    at += length;
    if (at > head.length) return isCutOff && length < LONGEST_SKIPPED && type.every((byte) => byte !== 0);
  }
  return false;
}

const isText = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
