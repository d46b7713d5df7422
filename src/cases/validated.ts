import { DomainError } from '../domain/errors';
import { validationPipe } from '../infra/http/validation';

const pipe = validationPipe();

/** A value that came as a part of a form, or as one line of many, held to its form as a body would be. */
export async function validated<T extends object>(value: unknown, form: new () => T): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DomainError('request.invalid', {}, [{ pointer: '', detail: 'a JSON object' }]);
  }
  const dto: T = await pipe.transform(value, { type: 'body', metatype: form });
  return dto;
}
