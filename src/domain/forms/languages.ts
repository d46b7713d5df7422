import type { UnionLanguage } from '../union';

/** The official languages of the Union (Regulation No 1 of 1958, Article 1, as it stands since 2013), by their names in themselves. */
export const FORM_LANGUAGES = {
  bg: { name: 'български', labels: false },
  cs: { name: 'čeština', labels: false },
  da: { name: 'dansk', labels: false },
  de: { name: 'Deutsch', labels: true },
  el: { name: 'ελληνικά', labels: false },
  en: { name: 'English', labels: true },
  es: { name: 'español', labels: false },
  et: { name: 'eesti', labels: false },
  fi: { name: 'suomi', labels: false },
  fr: { name: 'français', labels: true },
  ga: { name: 'Gaeilge', labels: false },
  hr: { name: 'hrvatski', labels: false },
  hu: { name: 'magyar', labels: false },
  it: { name: 'italiano', labels: false },
  lt: { name: 'lietuvių', labels: false },
  lv: { name: 'latviešu', labels: false },
  mt: { name: 'Malti', labels: false },
  nl: { name: 'Nederlands', labels: false },
  pl: { name: 'polski', labels: false },
  pt: { name: 'português', labels: false },
  ro: { name: 'română', labels: false },
  sk: { name: 'slovenčina', labels: false },
  sl: { name: 'slovenščina', labels: false },
  sv: { name: 'svenska', labels: false },
} as const satisfies Record<UnionLanguage, { readonly name: string; readonly labels: boolean }>;

export type FormLanguage = UnionLanguage;

/** Languages whose labels are shipped; a form in any other has English labels and says so. */
export type LabelLanguage = {
  [L in FormLanguage]: (typeof FORM_LANGUAGES)[L]['labels'] extends true ? L : never;
}[FormLanguage];

export const isFormLanguage = (value: string): value is FormLanguage => Object.hasOwn(FORM_LANGUAGES, value);
