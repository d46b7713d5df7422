import type { Type as Form } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import 'reflect-metadata';

/** A list that is gone over in slices, so that no body holds the event loop however many elements it brings. */
export interface LongListFacts {
  readonly name: string;
  /** What holds a slice of it under its own name, or null where whoever reads the elements judges them. */
  readonly slice: Form<object> | null;
}

const FACTS = Symbol('long lists');

/**
 * For a list of many. Its kind and size are asked of the whole, as of any list, and of its elements what `form` says; without
 * one they come as they were sent.
 */
export const LongList =
  (form?: Form<object>): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    const facts: LongListFacts = { name, slice: form ? sliceOf(name, form) : null };
    Reflect.defineMetadata(FACTS, [...longListsOf(target), facts], target);
  };

/** Those of a class, by its prototype; of what it extends too. */
export const longListsOf = (prototype: object): readonly LongListFacts[] =>
  (Reflect.getMetadata(FACTS, prototype) as readonly LongListFacts[] | undefined) ?? [];

function sliceOf(name: string, form: Form<object>): Form<object> {
  class Slice {}
  Type(() => form)(Slice.prototype, name);
  ValidateNested({ each: true })(Slice.prototype, name);
  return Slice;
}
