import { Matches, ValidateBy } from 'class-validator';
import { COUNTRY_SHAPE, LANGUAGE_SHAPE } from '../../domain/vocabulary';

/** Whether UTF-8 and PostgreSQL can keep a text, as `IsWellFormed` says. */
export const isWellFormed = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** A text that UTF-8 and PostgreSQL can keep: no half of a surrogate pair, which JSON can carry, and no U+0000. */
export const IsWellFormed = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWellFormed',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isWellFormed(value),
      defaultMessage: () => '$property must be well-formed Unicode without U+0000',
    },
  });

export const IsLanguage = (): PropertyDecorator =>
  Matches(LANGUAGE_SHAPE, { message: '$property must be a BCP 47 language tag, such as de or sr-Latn-RS' });

export const IsCountry = (): PropertyDecorator =>
  Matches(COUNTRY_SHAPE, { message: '$property must be an ISO 3166-1 alpha-2 code, such as FR' });
