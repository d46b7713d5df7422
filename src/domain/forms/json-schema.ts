import { EU_MEMBER_STATES } from '../union';

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const ADDRESS = 16_384;

const written =
  (maxLength: number, pattern: string) =>
  (description: string): JsonSchema => ({ type: 'string', minLength: 1, maxLength, pattern, description });

/** No control characters but, in a text of several lines, tab and line feed: they print nothing and can hide what is printed. */
export const line = written(1000, '^[^\\u0000-\\u001f\\u007f-\\u009f]*$');
export const text = written(50_000, '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$');
export const mayBeEmpty = (schema: JsonSchema): JsonSchema => ({ ...schema, minLength: 0 });
/**
 * The format allows leap seconds and lower case as well, which not every reader of instants does. Of three centuries: what is
 * written beyond them is a slip, and cannot be counted from.
 */
const INSTANT = '^(19|20|21)\\d{2}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$';
export const instant = (description: string): JsonSchema => ({
  type: 'string',
  format: 'date-time',
  pattern: INSTANT,
  description,
});
export const day = (description: string): JsonSchema => ({ type: 'string', format: 'date', description });
export const email = (description: string): JsonSchema => ({
  type: 'string',
  format: 'email',
  maxLength: 254,
  description,
});
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
export const oneOf = (values: readonly string[], description: string): JsonSchema => ({ enum: values, description });
export const memberState = (description: string): JsonSchema => oneOf(EU_MEMBER_STATES, description);

/** Of an address the form takes any scheme: what is to be removed stands there verbatim, also where it does not parse. */
export const address = (description: string): JsonSchema => ({ ...line(description), maxLength: ADDRESS });

/** Strict: members with `?` may be missing, nothing else may be there. */
export function object(members: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema {
  const names = Object.keys(members);
  return {
    type: 'object',
    additionalProperties: false,
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), members[name]])),
    ...more,
  };
}

/** The keywords of a case: what holds where `member` is `value`, and what holds otherwise. */
export function where(member: string, value: string, holds: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  return {
    if: { type: 'object', properties: { [member]: { const: value } }, required: [member] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    then: holds,
    ...(otherwise ? { else: otherwise } : {}),
  };
}
