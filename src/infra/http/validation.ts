import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { DomainError, type FieldFault } from '../../domain/errors';

/** Of a JSON Pointer, RFC 6901, 3. */
export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** What a value must be before anything can be said of its size or shape. */
const KINDS = ['isArray', 'isBoolean', 'isInt', 'isNumber', 'isObject', 'isString'];

/** Of a value of the wrong kind that alone: that the word `no` holds more than 10,000 elements would help nobody. */
function wordsOf({ constraints = {} }: ValidationError): string[] {
  const kind = KINDS.map((name) => constraints[name]).find((detail) => detail !== undefined);
  return kind === undefined ? Object.values(constraints) : [kind];
}

function faultsOf(errors: readonly ValidationError[], parent = ''): FieldFault[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${escapeToken(error.property)}`;
    const own = wordsOf(error).map((detail) => ({ pointer, detail }));
    return [...own, ...faultsOf(error.children ?? [], pointer)];
  });
}

/** Named at most; a body can hold thousands. */
const MOST_FAULTS = 100;

/** DTOs are whole: unknown members are refused, each fault is named with a JSON Pointer. Values are not echoed. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new DomainError('request.invalid', {}, faultsOf(errors.slice(0, MOST_FAULTS)).slice(0, MOST_FAULTS)),
  });
