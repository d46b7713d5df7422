import { Transform, type TransformFnParams } from 'class-transformer';

const SHAPE = /^-?\d{1,16}$/;

const toWhole = ({ value }: TransformFnParams): unknown =>
  typeof value === 'string' && SHAPE.test(value) ? Number(value) : (value as unknown);

/**
 * A whole number in a query: decimal digits and nothing else, beside `IsInt`, `Min` and `Max`. What is none stays as it came,
 * so that those refuse it: `Number` makes 0 of nothing and of a blank, and 16 of `0x10`.
 */
export const InDigits = (): PropertyDecorator => Transform(toWhole, { toClassOnly: true });
