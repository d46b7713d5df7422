/** The person's own way to write dates in this language. What a browser calls a language is not always one: `en-US@posix`. */
export const localeOf = (preferred: readonly string[], language: string): string =>
  preferred.find((each) => each.toLowerCase().startsWith(language) && isLocale(each)) ?? language;

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
