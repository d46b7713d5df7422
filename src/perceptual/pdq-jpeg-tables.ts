import type { HuffmanTable } from './pdq-jpeg-markers';

/** Codes of up to this many bits are found by them directly. */
const DIRECT_BITS = 12;
const DIRECT = 1 << DIRECT_BITS;
const LONG_WORDS = 3 * (16 - DIRECT_BITS);
const END_OF_BLOCK = 128;

const PAIRS = DIRECT + LONG_WORDS + 256;
/** Words that a table takes in pdq-jpeg.wat: direct entries, ranges of the four longer lengths, entries in order, pairs. */
export const TABLE_WORDS = PAIRS + DIRECT;

/** Writes a table as pdq-jpeg.wat reads it. False when the codes do not fit their lengths. */
export function writeTable(words: Int32Array, { counts, symbols }: HuffmanTable, kind: 'dc' | 'ac'): boolean {
  words.fill(0, 0, TABLE_WORDS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    if (code + count > 1 << length) return false;
    if (length > DIRECT_BITS) {
      const range = DIRECT + 3 * (length - DIRECT_BITS - 1);
      words.set([code, code + count - 1, index - code], range);
    }
    for (let i = 0; i < count; i++, code++, index++) {
      const entry = (kind === 'dc' ? dcEntry : acEntry)(symbols[index] ?? 0, length);
      words[DIRECT + LONG_WORDS + index] = entry;
      if (length > DIRECT_BITS) continue;
      const spread = DIRECT_BITS - length;
      words.fill(entry, code << spread, (code + 1) << spread);
    }
    code <<= 1;
  }
  if (kind === 'ac') writePairs(words);
  return true;
}

/** Two codes for one look-up, where both and their values fit: half of all in a sharp picture. None follows a block's end. */
function writePairs(words: Int32Array): void {
  for (let bits = 0; bits < DIRECT; bits++) {
    const first = words[bits] ?? 0;
    const second = words[(bits << (first & 255)) & (DIRECT - 1)] ?? 0;
    const length = (first & 255) + (second & 255);
    const ends = ((first >> 8) & 255) >= END_OF_BLOCK;
    const pair = !ends && first !== 0 && second !== 0 && length <= DIRECT_BITS;
    words[PAIRS + bits] = pair ? length + (first & 0xff00) + (second & 0xff00) : first & 0xffff;
  }
}

/** Bits of code and value, coefficients to move on, bits of the value; 0 where the symbol is not one of baseline JPEG. */
function entryOf(length: number, size: number, advance: number): number {
  return (length + size) | (advance << 8) | (size << 16);
}

function dcEntry(size: number, length: number): number {
  return size > 11 ? 0 : entryOf(length, size, 0);
}

function acEntry(symbol: number, length: number): number {
  const [run, size] = [symbol >> 4, symbol & 15];
  if (size > 10) return 0;
  if (size > 0) return entryOf(length, size, run + 1);
  if (run === 15) return entryOf(length, 0, 16);
  return run === 0 ? entryOf(length, 0, END_OF_BLOCK) : 0;
}
