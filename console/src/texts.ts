import { en, type Texts } from './texts/en';
import { fr } from './texts/fr';
import { pluralIn } from './texts/forms';

export { fill } from './texts/forms';
export type { Texts } from './texts/en';

const LANGUAGES = { en, fr } as const satisfies Record<string, Texts>;
type Language = keyof typeof LANGUAGES;
const KEPT = 'clepsydra.language';

/** A browser that keeps nothing, or a page opened from a disk, has no store. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function chosen(): Language {
  const found = kept();
  if (found === 'en' || found === 'fr') return found;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

const language = chosen();
export const t: Texts = LANGUAGES[language];
export const plural = pluralIn(language);

/** For times and dates: as the browser's owner writes this language, in 24 hours, so that nobody takes 3 for 15. */
export const locale = navigator.languages.find((each) => each.toLowerCase().startsWith(language)) ?? language;

/** Takes the other language and begins anew: every text is read once. */
export function switchLanguage(): void {
  try {
    localStorage.setItem(KEPT, language === 'fr' ? 'en' : 'fr');
  } finally {
    location.reload();
  }
}
