import { locale, t } from './texts';

export { language } from './texts/language';

const names = new Intl.DisplayNames(locale, { type: 'language' });

/** `und` is what a case says whose language nobody knows. */
export const languageName = (tag: string): string =>
  tag === 'und' ? t.notice.languageUnknown : (names.of(tag) ?? tag);
