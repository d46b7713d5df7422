import { applyDecorators } from '@nestjs/common';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsDate } from 'class-validator';

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/i;
const MINUTE_MS = 60_000;

/**
 * The instant that an RFC 3339 date-time with its offset names, in whole milliseconds, or null. Years 1970 to 2200:
 * what lies outside is a slip, and much of it no database column takes. A leap second (`:60`) has no instant of its
 * own here and is refused.
 */
export function parseInstant(text: string): Date | null {
  const found = SHAPE.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const [fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = found.slice(7);
  if (year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 59) return null;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const local = new Date(
    Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3))),
  );
  // 31 February would be taken for 3 March.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS;
  const instant = new Date(local.getTime() + (sign === '-' ? offset : -offset));
  return instant.getUTCFullYear() < 1970 || instant.getUTCFullYear() > 2200 ? null : instant;
}

/** What is no instant stays as it came, so that validation refuses it: `true`, `0` and `"1"` are no dates. */
const toInstant = ({ value }: TransformFnParams): unknown =>
  (typeof value === 'string' ? parseInstant(value) : null) ?? (value as unknown);

/** A `Date` member, given as an RFC 3339 date-time with its offset ({@link parseInstant}); all else is a field's fault. */
export const IsInstant = (): PropertyDecorator =>
  applyDecorators(
    Transform(toInstant, { toClassOnly: true }),
    IsDate({ message: '$property must be an RFC 3339 instant with its offset, such as 2026-03-01T14:05:00Z' }),
  );
