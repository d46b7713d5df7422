/** A Huffman table as a JPEG carries it: how many codes of each length 1 to 16, and what they stand for in order. */
export interface HuffmanTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** One component of the frame. */
export interface JpegComponent {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly across: number;
  readonly down: number;
  readonly quantization: Uint16Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

/** A baseline JPEG of one scan whose first component is luma. */
export interface BaselineJpeg {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Where the entropy-coded data begins. */
  readonly scanAt: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly { id: number; across: number; down: number; table: number }[];
}

interface Seen {
  readonly quantizations: Map<number, Uint16Array>;
  readonly huffman: Map<number, HuffmanTable>;
  frame: Frame | null;
  restartInterval: number;
  /** Adobe's word on the colours: 0 says that they are not YCbCr. */
  transform: number | null;
  jfif: boolean;
}

const [SOI, SOF0, SOF1, DHT, SOS, DQT, DRI, APP0, APP14] = [0xd8, 0xc0, 0xc1, 0xc4, 0xda, 0xdb, 0xdd, 0xe0, 0xee];

/**
 * The headers of a JPEG (ITU-T T.81, annex B), if it is a plain one: 8 bits, Huffman, not progressive, all components in one
 * scan, grey or YCbCr. Null for every other file, and for every broken one: those are for a decoder to judge.
 */
export function readBaselineJpeg(bytes: Uint8Array): BaselineJpeg | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const seen: Seen = {
    quantizations: new Map(),
    huffman: new Map(),
    frame: null,
    restartInterval: 0,
    transform: null,
    jfif: false,
  };
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const end = at + 2 + wordAt(bytes, at + 2);
    if (marker < SOF0 || (marker >= 0xd0 && marker <= 0xd9) || end > bytes.length) return null;
    const body = bytes.subarray(at + 4, end);
    if (marker === SOS) return scanOf(seen, body, end);
    if (!take(seen, marker, body)) return null;
    at = end;
  }
  return null;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** False for what no plain JPEG has. */
function take(seen: Seen, marker: number, body: Uint8Array): boolean {
  if (marker === DQT) return takeQuantizations(seen, body);
  if (marker === DHT) return takeHuffman(seen, body);
  if (marker === SOF0 || marker === SOF1) return takeFrame(seen, body);
  if (marker > SOF1 && marker < 0xd0) return false;
  if (marker === DRI) seen.restartInterval = wordAt(body, 0);
  const name = String.fromCharCode(...body.subarray(0, 5));
  if (marker === APP0 && name === 'JFIF\0') seen.jfif = true;
  if (marker === APP14 && name === 'Adobe' && body.length >= 12) seen.transform = body[11] ?? 0;
  return true;
}

function takeQuantizations(seen: Seen, body: Uint8Array): boolean {
  for (let at = 0; at < body.length;) {
    const head = body[at] ?? 0;
    const size = head >> 4 === 0 ? 1 : 2;
    if (head >> 4 > 1 || at + 1 + 64 * size > body.length) return false;
    const start = at + 1;
    const entry = (_: unknown, k: number): number =>
      size === 1 ? (body[start + k] ?? 0) : wordAt(body, start + 2 * k);
    seen.quantizations.set(head & 15, Uint16Array.from({ length: 64 }, entry));
    at = start + 64 * size;
  }
  return true;
}

/** Keyed as in the file: class (0 DC, 1 AC) in the high four bits, number in the low. */
function takeHuffman(seen: Seen, body: Uint8Array): boolean {
  for (let at = 0; at < body.length;) {
    const counts = body.slice(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length < 16 || total > 256 || at + 17 + total > body.length) return false;
    seen.huffman.set(body[at] ?? 0, { counts, symbols: body.slice(at + 17, at + 17 + total) });
    at += 17 + total;
  }
  return true;
}

function takeFrame(seen: Seen, body: Uint8Array): boolean {
  const count = body[5] ?? 0;
  if (seen.frame || body[0] !== 8 || (count !== 1 && count !== 3) || body.length < 6 + 3 * count) return false;
  const parts = Array.from({ length: count }, (_, i) => {
    const at = 6 + 3 * i;
    const sampling = body[at + 1] ?? 0;
    return { id: body[at] ?? 0, across: sampling >> 4, down: sampling & 15, table: body[at + 2] ?? 0 };
  });
  seen.frame = { height: wordAt(body, 1), width: wordAt(body, 3), parts };
  const sane = parts.every(({ across, down }) => across >= 1 && across <= 4 && down >= 1 && down <= 4);
  return sane && seen.frame.width > 0 && seen.frame.height > 0;
}

function scanOf(seen: Seen, body: Uint8Array, scanAt: number): BaselineJpeg | null {
  const { frame, restartInterval } = seen;
  if (!frame || body[0] !== frame.parts.length || body.length !== 4 + 2 * frame.parts.length) return null;
  const [start, end, approximation] = body.subarray(1 + 2 * frame.parts.length);
  if (start !== 0 || end !== 63 || approximation !== 0 || !isLumaFirst(seen, frame)) return null;
  const components: JpegComponent[] = [];
  for (const [i, { id, across, down, table }] of frame.parts.entries()) {
    const tables = body[2 + 2 * i] ?? 0;
    const quantization = seen.quantizations.get(table);
    const dc = seen.huffman.get(tables >> 4);
    const ac = seen.huffman.get(0x10 | (tables & 15));
    if (body[1 + 2 * i] !== id || !quantization || !dc || !ac) return null;
    components.push({ id, across, down, quantization, dc, ac });
  }
  return { width: frame.width, height: frame.height, components, restartInterval, scanAt };
}

/** Decoders take three components for YCbCr unless Adobe or their names say otherwise; luma must not be subsampled. */
function isLumaFirst({ transform, jfif }: Seen, { parts }: Frame): boolean {
  const [first] = parts;
  if (parts.length === 1) return true;
  if (!first || parts.some(({ across, down }) => across > first.across || down > first.down)) return false;
  if (parts.reduce((blocks, { across, down }) => blocks + across * down, 0) > 10) return false;
  if (transform !== null) return transform === 1;
  return jfif || parts.map(({ id }) => String.fromCharCode(id)).join('') !== 'RGB';
}
