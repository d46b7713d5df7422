import { ValidateBy } from 'class-validator';

/** A text that UTF-8 and PostgreSQL can keep: no half of a surrogate pair, which JSON can carry, and no U+0000. */
export const IsWellFormed = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWellFormed',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
      defaultMessage: () => '$property must be well-formed Unicode without U+0000',
    },
  });
