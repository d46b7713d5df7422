import { enHashPage } from './hash-page-en';
import { frHashPage } from './hash-page-fr';
import { language } from './language';

/** The texts of the page that is one file: it carries no others. */
export const lang = language;
export const texts = { en: enHashPage, fr: frHashPage }[language];
