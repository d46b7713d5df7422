/** A sentence about a number, in each form that the language has: `Intl.PluralRules` says which; `{count}` is the number. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** Forms of a plural are told from a group of texts by having these keys and no others. */
export const isPlural = (value: object): value is Plural => Object.keys(value).sort().join() === 'one,other';

/** Puts values into the places that a sentence names in braces. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);

/** The sentence for this number in this language. French says "0 minute", English "0 minutes". */
export function pluralIn(lang: string): (forms: Plural, count: number, values?: Record<string, string>) => string {
  const rules = new Intl.PluralRules(lang);
  const whole = new Intl.NumberFormat(lang);
  return (forms, count, values = {}) =>
    fill(rules.select(count) === 'one' ? forms.one : forms.other, { count: whole.format(count), ...values });
}
