import {
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type Type as Form,
  type ValidationError,
} from '@nestjs/common';
import { DomainError, type FieldFault } from '../../domain/errors';
import { escapeToken, isRecord } from '../../domain/json';
import { turn } from '../turn';
import { longListsOf, type LongListFacts } from './long-list';

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

/** Elements of a long list between two turns of the event loop. */
export const LIST_SLICE = 200;

class Faulty extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('not as its form says');
  }
}

/** As class-validator numbers the elements of one list, in the list of which these are from `offset` on. */
const moved = (error: ValidationError, offset: number): ValidationError => ({
  ...error,
  children: (error.children ?? []).map((child) => ({ ...child, property: `${Number(child.property) + offset}` })),
});

/** DTOs are whole: unknown members are refused, each fault is named with a JSON Pointer. Values are not echoed. */
class Validation implements PipeTransform {
  readonly #pipe = new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new Faulty(errors),
  });

  /** @throws DomainError `request.invalid` with the first hundred faults */
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const known = metadata.metatype ? longListsOf(metadata.metatype.prototype as object) : [];
    const lists = isRecord(value) ? known.filter(({ name }) => Array.isArray(value[name])) : [];
    const errors: ValidationError[] = [];
    const form = isRecord(value) && lists.length > 0 ? withoutElements(value, lists) : value;
    const dto = await this.#held(form, metadata, errors);
    for (const list of lists) {
      const elements = await this.#elements(
        list,
        (value as Readonly<Record<string, unknown[]>>)[list.name] ?? [],
        errors,
      );
      if (isRecord(dto)) Object.assign(dto, { [list.name]: elements });
    }
    if (errors.length === 0) return dto;
    throw new DomainError('request.invalid', {}, faultsOf(errors.slice(0, MOST_FAULTS)).slice(0, MOST_FAULTS));
  }

  async #elements(
    { name, slice }: LongListFacts,
    sent: readonly unknown[],
    errors: ValidationError[],
  ): Promise<unknown[]> {
    if (!slice) return [...sent];
    const elements: unknown[] = [];
    let faults = 0;
    for (let from = 0; from < sent.length && faults < MOST_FAULTS; from += LIST_SLICE) {
      if (from > 0) await turn();
      const found: ValidationError[] = [];
      const part = { [name]: sent.slice(from, from + LIST_SLICE) };
      const held = await this.#held(part, { type: 'body', metatype: slice }, found);
      for (const error of found) {
        faults += error.children?.length ?? 0;
        errors.push(moved(error, from));
      }
      if (isRecord(held)) elements.push(...(held[name] as unknown[]));
    }
    return elements;
  }

  /** What the form makes of it, or undefined and what is wrong with it. */
  async #held(value: unknown, metadata: ArgumentMetadata, errors: ValidationError[]): Promise<unknown> {
    try {
      return await this.#pipe.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof Faulty)) throw error;
      errors.push(...error.errors);
      return undefined;
    }
  }
}

/** Their lists are as long as they were: what their size may be is asked of the whole. */
function withoutElements(body: Readonly<Record<string, unknown>>, lists: readonly LongListFacts[]): object {
  const hollow = lists.map(({ name }) => [name, (body[name] as unknown[]).map(() => null)] as const);
  return { ...body, ...Object.fromEntries(hollow) };
}

export const validationPipe = (): PipeTransform => new Validation();

const pipe = validationPipe();

/** A value that came as a part of a form, or as one line of many, held to its form as a body would be. */
export async function validated<T extends object>(value: unknown, form: Form<T>): Promise<T> {
  if (!isRecord(value)) throw new DomainError('request.invalid', {}, [{ pointer: '', detail: 'a JSON object' }]);
  return (await pipe.transform(value, { type: 'body', metatype: form })) as T;
}
