import type { Form } from '../../domain/forms/forms';
import { labelLanguageOf, sayIn } from '../../domain/forms/labels';
import type { FormLanguage } from '../../domain/forms/languages';
import { layoutOf, type Block } from '../../domain/forms/layout';
import { defang } from '../../domain/web-address';

/** What turns text around, or shows nothing, is written out: a reader must see what is there (as with addresses). */
const UNSEEN = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const ADDRESS = /https?:\/\/\S+/giu;

const safe = (text: string): string =>
  text
    .replace(UNSEEN, (sign) => `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
    .replace(ADDRESS, (address) => defang(address));

function linesOf(block: Block): string[] {
  switch (block.kind) {
    case 'rows':
      return block.rows.map(({ label, value }) => `${label}: ${safe(value).replaceAll('\n', '\n    ')}`);
    case 'boxes':
      return block.boxes.map(({ ticked, text }) => `[${ticked ? 'x' : ' '}] ${text}`);
    case 'heading':
    case 'title':
      return ['', block.text];
    default:
      return [safe(block.text)];
  }
}

/** A form that nobody has vouched for, to be read by a person: text alone, addresses that no program makes a link of. */
export const plainTextOf = (form: Form, language: FormLanguage): string =>
  `${layoutOf(form, sayIn(labelLanguageOf(language)))
    .flatMap(linesOf)
    .join('\n')
    .trim()}\n`;
