import { locale, t } from './texts';

const names = new Intl.DisplayNames(locale, { type: 'language' });

/** `und` is what a case says whose language nobody knows. */
export const languageName = (tag: string): string =>
  tag === 'und' ? t.notice.languageUnknown : (names.of(tag) ?? tag);
