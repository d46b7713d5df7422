import { Matches, ValidateBy } from 'class-validator';
import { COUNTRY_SHAPE, LANGUAGE_SHAPE } from '../../domain/vocabulary';

/** Whether UTF-8 and PostgreSQL can keep a text, as `IsWellFormed` says. */
export const isWellFormed = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Whether nobody sees anything of a text that is there: white space, and what joins or separates characters. */
export const isBlank = (text: string): boolean =>
  text !== '' && /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/**
 * A text that UTF-8 and PostgreSQL can keep, and people can read: no half of a surrogate pair, which JSON can carry, no U+0000, and
 * not white space alone. Twenty spaces are no reasons.
 */
export const IsWellFormed = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWellFormed',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isWellFormed(value) && !isBlank(value),
      defaultMessage: () => '$property must be well-formed Unicode without U+0000, and not blank',
    },
  });

export const IsLanguage = (): PropertyDecorator =>
  Matches(LANGUAGE_SHAPE, { message: '$property must be a BCP 47 language tag, such as de or sr-Latn-RS' });

export const IsCountry = (): PropertyDecorator =>
  Matches(COUNTRY_SHAPE, { message: '$property must be an ISO 3166-1 alpha-2 code, such as FR' });
