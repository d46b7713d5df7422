/**
 * 256-bit hashes as text and as words. The text form is 64 lower-case hex digits, most significant first;
 * the word form is 8 unsigned 32-bit words, word 0 holding the first 8 digits.
 */
export type HashWords = Uint32Array;

export const HASH256_WORDS = 8;
const FORM = /^[0-9a-f]{64}$/;

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
