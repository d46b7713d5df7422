/** Width of a piece of text in points. */
export type Measure = (text: string) => number;

/** Where an address may be broken without a sign: behind these, never before them. */
const BREAKS = /(?<=[/?&=#._~:;,-])/;

/** The lines of a text in this width. Words longer than a line, which addresses are, break behind their signs or anywhere. */
export function wrap(text: string, width: number, measure: Measure): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, width, measure));
}

function wrapParagraph(paragraph: string, width: number, measure: Measure): string[] {
  const space = measure(' ');
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of paragraph.split(' ')) {
    const wide = measure(word);
    if (line !== '' && used + space + wide <= width) {
      line += ` ${word}`;
      used += space + wide;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = wide <= width ? [word] : breakWord(word, width, measure);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
    used = measure(line);
  }
  return [...lines, line];
}

function breakWord(word: string, width: number, measure: Measure): string[] {
  const parts = word.split(BREAKS).flatMap((part) => (measure(part) <= width ? [part] : [...part]));
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const part of parts) {
    const wide = measure(part);
    if (line !== '' && used + wide > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += part;
    used += wide;
  }
  return [...lines, line];
}
