import { CATEGORIES, IDEOLOGIES, type Category, type Ideology } from '../../../src/domain/vocabulary';
import type { Input, Options } from './args';
import type { Output } from './output';

/** How a case is filed, for every command that opens one. */
export const FILING_OPTIONS = {
  category: { type: 'text', value: 'word', oneOf: CATEGORIES, help: 'What it is, TCO Art 2(7)' },
  ideology: { type: 'text', value: 'word', oneOf: IDEOLOGIES, help: 'Always asked for, so that figures can show bias' },
  language: { type: 'text', value: 'tag', help: 'BCP 47, such as fr or sr-Latn' },
  title: { type: 'text', value: 'text', help: 'Title of the case' },
  reasons: { type: 'text', value: 'text', help: 'The assessment; stays within your unit' },
} as const satisfies Options;

export interface Filing {
  readonly category: Category;
  readonly ideology: Ideology;
  readonly language?: string;
  readonly title?: string;
  readonly reasons?: string;
}

export const categoryOf = (input: Input): Category =>
  CATEGORIES.find((each) => each === input.text('category')) ?? 'other';

export function filingOf(input: Input, output: Output): Filing {
  if (input.text('category') === undefined) output.remark('No --category given: filed as "other".');
  const texts = ['title', 'language', 'reasons'].flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(texts),
    category: categoryOf(input),
    ideology: IDEOLOGIES.find((each) => each === input.text('ideology')) ?? 'unknown',
  };
}
