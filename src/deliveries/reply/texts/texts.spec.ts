import { CONTACT_LANGUAGES } from '../../deliveries.entity';
import { CONTENT_TEXTS } from '../../content/texts/texts';
import { languageOf, TEXTS } from './texts';

const keysOf = (texts: object, above = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? keysOf(value, `${above}${key}.`) : [`${above}${key}`],
  );
const valuesOf = (texts: object): unknown[] =>
  Object.values(texts).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null ? valuesOf(value) : [value],
  );

describe('the texts of the pages without an account', () => {
  it('are all there in every language', () => {
    for (const texts of [TEXTS, CONTENT_TEXTS]) {
      for (const language of CONTACT_LANGUAGES) {
        expect(keysOf(texts[language])).toEqual(keysOf(texts.en));
        for (const text of valuesOf(texts[language])) expect(text).toMatch(/\S/);
      }
    }
  });

  it('are in the first language that is asked for and written, and in English otherwise', () => {
    expect(languageOf(null, 'de')).toBe('de');
    expect(languageOf(undefined, 'sv,fr-FR;q=0.9,en;q=0.8')).toBe('fr');
    expect(languageOf('xx', undefined, ['de'])).toBe('en');
  });
});
