export type Language = 'en' | 'fr';
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

export const language: Language = chosen();

/** Takes the other language and begins anew: every text is read once. */
export function switchLanguage(): void {
  try {
    localStorage.setItem(KEPT, language === 'fr' ? 'en' : 'fr');
  } finally {
    location.reload();
  }
}
