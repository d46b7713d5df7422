import type { ContactLanguage } from '../../deliveries.entity';
import { CONTENT_DE } from './de';
import { CONTENT_EN, type ContentTexts } from './en';
import { CONTENT_FR } from './fr';

export const CONTENT_TEXTS: Readonly<Record<ContactLanguage, ContentTexts>> = {
  en: CONTENT_EN,
  fr: CONTENT_FR,
  de: CONTENT_DE,
};
