import { LABELS_DE } from './labels-de';
import { LABELS_EN, type LabelKey, type Labels } from './labels-en';
import { LABELS_FR } from './labels-fr';
import { FORM_LANGUAGES, type FormLanguage, type LabelLanguage } from './languages';

export const LABELS: Readonly<Record<LabelLanguage, Labels>> = { en: LABELS_EN, fr: LABELS_FR, de: LABELS_DE };

const hasLabels = (language: FormLanguage): language is LabelLanguage => FORM_LANGUAGES[language].labels;

/** The language in which the labels are: the one that is asked for, or English. */
export const labelLanguageOf = (language: FormLanguage): LabelLanguage => (hasLabels(language) ? language : 'en');

export type Say = (key: LabelKey, values?: Readonly<Record<string, string | number>>) => string;

/** The labels in this language, each with its values in place. */
export function sayIn(language: LabelLanguage): Say {
  const labels = LABELS[language];
  return (key, values = {}) => labels[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
