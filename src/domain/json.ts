/** Of what JSON can hold: an object, and neither a list nor nothing. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many of something: a whole number, 0 included. */
export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A name as it stands in a JSON Pointer (RFC 6901, 3). */
export const escapeToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
