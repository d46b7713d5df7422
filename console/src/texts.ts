import { en, type Texts } from './texts/en';
import { pluralIn } from './texts/forms';
import { fr } from './texts/fr';
import { language, type Language } from './texts/language';
import { localeOf } from './time/locale';

export type { Texts } from './texts/en';
export { fill } from './texts/forms';
export { switchLanguage } from './texts/language';

const LANGUAGES: Readonly<Record<Language, Texts>> = { en, fr };
export const t: Texts = LANGUAGES[language];
export const plural = pluralIn(language);

/** For times and dates: as the browser's owner writes this language, in 24 hours, so that nobody takes 3 for 15. */
export const locale = localeOf(navigator.languages, language);
