/** Of what JSON can hold: an object, and neither a list nor nothing. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A name as it stands in a JSON Pointer (RFC 6901, 3). */
export const escapeToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
