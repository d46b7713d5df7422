import { CONTACT_LANGUAGES, type ContactLanguage } from '../../deliveries.entity';
import { DE } from './de';
import { EN, type Texts } from './en';
import { FR } from './fr';

export const TEXTS: Readonly<Record<ContactLanguage, Texts>> = { en: EN, fr: FR, de: DE };

/** Each by its own name. */
export const LANGUAGE_NAMES: Readonly<Record<ContactLanguage, string>> = {
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
};

/** The first of `wanted` (a tag, or an Accept-Language field) that the pages are written in; English otherwise. */
export function languageOf(...wanted: readonly unknown[]): ContactLanguage {
  for (const one of wanted) {
    if (typeof one !== 'string') continue;
    for (const tag of one.toLowerCase().split(',')) {
      const found = CONTACT_LANGUAGES.find((language) => tag.trim().startsWith(language));
      if (found) return found;
    }
  }
  return 'en';
}
