import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { DomainError, type FieldFault } from '../../domain/errors';

/** Of a JSON Pointer, RFC 6901, 3. */
export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function faultsOf(errors: readonly ValidationError[], parent = ''): FieldFault[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${escapeToken(error.property)}`;
    const own = Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail }));
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
