/** Base64 of RFC 4648 section 4, strict: what was not written by an encoder is refused. Works in browsers and Node. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // In steps, because a call has a limited number of arguments.
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/** Throws a SyntaxError for anything that `toBase64` would not have written. */
export function fromBase64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new SyntaxError('not base64');
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new SyntaxError('not canonical base64');
  return bytes;
}
