export interface Printable {
  readonly text: string;
  /** Whether something stands as its code point. */
  readonly isEscaped: boolean;
}

/** Format characters reorder or hide what stands beside them; controls and private characters show nothing. */
const NEVER = /[\p{C}\u2028\u2029]/u;

/**
 * What is printed of a text: a character that the font lacks, or that would change how others look, stands as `[U+202E]`. So
 * the page cannot be made to read otherwise than form.json.
 */
export function printable(text: string, hasGlyph: (codePoint: number) => boolean): Printable {
  let printed = '';
  let isEscaped = false;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character === '\n' || character === ' ') printed += character;
    else if (character === '\t') printed += ' ';
    else if (!NEVER.test(character) && hasGlyph(codePoint)) printed += character;
    else {
      printed += `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
      isEscaped = true;
    }
  }
  return { text: printed, isEscaped };
}
