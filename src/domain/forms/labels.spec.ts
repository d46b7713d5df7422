import { ONE_OF_EACH } from '../../../test/support/forms';
import { UNION_LANGUAGES } from '../union';
import { LABELS, labelLanguageOf, sayIn } from './labels';
import { LABELS_EN } from './labels-en';
import { FORM_LANGUAGES, isFormLanguage } from './languages';
import { layoutOf } from './layout';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();

describe('the labels of the forms', () => {
  it('have a place for each of the 24 official languages, with its own name', () => {
    expect(Object.keys(FORM_LANGUAGES).toSorted()).toEqual([...UNION_LANGUAGES].toSorted());
    expect(UNION_LANGUAGES).toHaveLength(24);
    expect(new Set(Object.values(FORM_LANGUAGES).map(({ name }) => name)).size).toBe(24);
    expect(isFormLanguage('ar')).toBe(false);
  });

  it('are there for exactly the languages that say so', () => {
    const said = Object.entries(FORM_LANGUAGES).flatMap(([language, { labels }]) => (labels ? [language] : []));
    expect(Object.keys(LABELS).toSorted()).toEqual(said.toSorted());
  });

  it.each(Object.entries(LABELS))('have the same keys in %s as in English, none empty, with the same places to fill', (_, labels) => {
    expect(Object.keys(labels).toSorted()).toEqual(Object.keys(LABELS_EN).toSorted());
    for (const [key, text] of Object.entries(labels)) {
      expect([key, text.trim().length > 0]).toEqual([key, true]);
      expect([key, placeholders(text)]).toEqual([key, placeholders(LABELS_EN[key as keyof typeof LABELS_EN])]);
    }
  }); // prettier-ignore

  it('are English where a language has none', () => {
    expect(labelLanguageOf('bg')).toBe('en');
    expect(labelLanguageOf('de')).toBe('de');
  });
});

describe('the forms as they are laid out', () => {
  const texts = (index: number): string => JSON.stringify(layoutOf(ONE_OF_EACH[index]!, sayIn('en')));

  it('state in a referral and its response no deadline, no penalty and no duty to preserve', () => {
    for (const index of [3, 4]) {
      expect(texts(index)).not.toMatch(/one hour|within|penalt|Article 3\b|Article 6|six months|shall|must/i);
    }
    expect(texts(3)).toContain('This is not a removal order');
  });

  it('state in an order the hour, the preservation and the redress', () => {
    expect(texts(0)).toMatch(/within one hour of receipt/);
    expect(texts(0)).toMatch(/six months/);
    expect(texts(0)).toContain('2 months from receipt');
  });

  it('tick what applies and show the other boxes unticked', () => {
    const boxes = layoutOf(ONE_OF_EACH[0]!, sayIn('en')).flatMap((block) =>
      block.kind === 'boxes' ? block.boxes : [],
    );
    expect(boxes.map(({ ticked }) => ticked)).toEqual([
      true, false, false, false, true, // B: Article 2(7) a and e
      true, // C
      true, true, // D
      false, true, false, // E
    ]); // prettier-ignore
  });
});
