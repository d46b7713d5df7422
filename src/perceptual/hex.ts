/**
 * 256-bit hashes as text and as words. The text form is 64 lower-case hex digits, most significant first;
 * the word form is 8 unsigned 32-bit words, word 0 holding the first 8 digits.
 */
export type HashWords = Uint32Array;

export const HASH256_WORDS = 8;
/** The byte form is the same digits two by two. */
export const HASH256_BYTES = 32;
const FORM = /^[0-9a-f]{64}$/;
/** Value of a lower-case hex digit by character code; 255 for anything else. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? 255 : value;
});

/** True for exactly 64 lower-case hex digits: other spellings of the same hash are refused, so that text compares as value. */
export function isHash256(text: unknown): text is string {
  return typeof text === 'string' && FORM.test(text);
}

/** @throws RangeError when the text is not 64 lower-case hex digits. */
export function parseHash256(text: string): HashWords {
  if (!isHash256(text)) throw new RangeError('A 256-bit hash is 64 lower-case hex digits');
  const words = new Uint32Array(HASH256_WORDS);
  for (let digit = 0; digit < 64; digit++) {
    const code = text.charCodeAt(digit);
    const nibble = code < 58 ? code - 48 : code - 87;
    words[digit >> 3] = ((words[digit >> 3] ?? 0) << 4) | nibble;
  }
  return words;
}

/** The 8 words starting at `offset` as 64 lower-case hex digits. */
export function formatHash256(words: HashWords, offset = 0): string {
  if (words.length < offset + HASH256_WORDS) throw new RangeError('A 256-bit hash is 8 words');
  let text = '';
  for (let word = 0; word < HASH256_WORDS; word++) {
    text += (words[offset + word] ?? 0).toString(16).padStart(8, '0');
  }
  return text;
}

/**
 * Writes the 32 bytes of a hash at `offset` of `bytes`: for packing many, without an allocation each.
 * @returns false, with the bytes undefined, when the text is not 64 lower-case hex digits.
 */
export function parseHexInto(text: string, bytes: Uint8Array, offset = 0): boolean {
  if (text.length !== HASH256_BYTES * 2) return false;
  let seen = 0;
  for (let at = 0; at < HASH256_BYTES; at++) {
    const high = text.charCodeAt(at * 2);
    const low = text.charCodeAt(at * 2 + 1);
    const a = DIGITS[high] ?? 255;
    const b = DIGITS[low] ?? 255;
    seen |= a | b;
    bytes[offset + at] = (a << 4) | b;
  }
  return seen < 16;
}

/** The 32 bytes from `offset` on as words. */
export function wordsOfBytes(bytes: Uint8Array, offset = 0): HashWords {
  const words = new Uint32Array(HASH256_WORDS);
  for (let word = 0; word < HASH256_WORDS; word++) {
    const at = offset + word * 4;
    words[word] =
      ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  }
  return words;
}

export function bytesOfWords(words: HashWords): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  words.forEach((word, at) => {
    bytes[at * 4] = word >>> 24;
    bytes[at * 4 + 1] = word >>> 16;
    bytes[at * 4 + 2] = word >>> 8;
    bytes[at * 4 + 3] = word;
  });
  return bytes;
}
