import { DomainError } from '../../domain/errors';

/** No document of ours is a tenth as deep; what reads bodies is recursive and would run out of stack. */
export const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Looks over a JSON text before it is parsed: about a nanosecond a byte, and no further than the limit. Eight million bytes
 * can spell four million values, which cost the event loop a second to build and to walk. Text that is no JSON passes.
 * @param mostValues commas and opening brackets outside of strings
 * @throws DomainError `request.too-large` with more values, `request.invalid` when nested deeper than 64
 */
export function measureJson(text: Uint8Array, mostValues: number): void {
  let [values, depth] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) {
      at = endOfString(text, at + 1);
    } else if (byte === COMMA) {
      values++;
    } else if (byte === LIST || byte === OBJECT) {
      values++;
      if (++depth > MAX_DEPTH) throw tooDeep();
    } else if (byte === LIST_END || byte === OBJECT_END) {
      depth--;
    }
    if (values > mostValues) throw new DomainError('request.too-large', { maxValues: mostValues });
  }
}

function endOfString(text: Uint8Array, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === QUOTE) return at;
    if (text[at] === BACKSLASH) at++;
  }
  return text.length;
}

const tooDeep = (): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer: '', detail: `must be nested no deeper than ${MAX_DEPTH}` }]);
