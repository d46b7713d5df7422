/** Codes of the few styles used; anything else that looks like a control code came from elsewhere and is not printed. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

const OWN_CODES = new Set(['0', ...Object.values(STYLES).map(String)]);
const ESCAPE = String.fromCharCode(27);
const STYLED = new RegExp(`${ESCAPE}\\[(\\d+)m|[^\\P{Cc}\\n\\t]|[\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029]`, 'gu');

/**
 * Text that others wrote (addresses, reasons) could move the cursor or turn the line round. Control characters and
 * bidirectional overrides are replaced; our own colours stay.
 */
export const printable = (text: string): string =>
  text.replace(STYLED, (found, code: string | undefined) =>
    code !== undefined && OWN_CODES.has(code) ? found : '\uFFFD',
  );

/** A name that others gave (a file's): not even a colour of it is let through. One line. */
export const foreign = (text: string): string =>
  printable(text.replaceAll(ESCAPE, '\uFFFD').replace(/[\r\n\t]+/g, ' '));

type Cell = string | number | boolean | null | undefined;

/** One line for a table: what others wrote does not start a line of its own. */
export const cell = (value: Cell): string =>
  value === null || value === undefined ? '–' : printable(String(value).replace(/[\r\n\t]+/g, ' '));

const WIDTH_IGNORES = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');
const widthOf = (text: string): number => Array.from(text.replace(WIDTH_IGNORES, '')).length;

/** Columns as wide as their widest cell, two spaces between. */
export function table(rows: readonly (readonly Cell[])[]): string[] {
  const cells = rows.map((row) => row.map(cell));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((text, column) => text + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text))))
      .join('  ')
      .trimEnd(),
  );
}

export interface Streams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Where results (standard output) and remarks (standard error) go. With `json` nothing but documents is on the former. */
export class Output {
  readonly isLive: boolean;
  readonly #colour: boolean;

  constructor(
    private readonly streams: Streams,
    readonly json: boolean,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const isTty = streams.out.isTTY === true;
    // https://no-color.org: any value but the empty one.
    this.#colour = isTty && !json && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    this.isLive = isTty && !json && env['TERM'] !== 'dumb';
  }

  paint(style: Style, text: string): string {
    return this.#colour ? `${ESCAPE}[${STYLES[style]}m${text}${ESCAPE}[0m` : text;
  }

  /** A result: the document with --json, otherwise the lines. */
  result(document: unknown, lines: () => readonly string[]): void {
    if (this.json) this.streams.out.write(`${JSON.stringify(document, null, 2)}\n`);
    else this.lines(lines());
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.streams.out.write(`${printable(line)}\n`);
  }

  /** One event of a stream: a JSON line, or lines. */
  event(document: unknown, lines: () => readonly string[]): void {
    if (this.json) this.streams.out.write(`${JSON.stringify(document)}\n`);
    else this.lines(lines());
  }

  /** Replaces the last line of a terminal; nothing elsewhere. */
  live(line: string): void {
    if (this.isLive) this.streams.out.write(`\r${ESCAPE}[K${printable(line)}`);
  }

  remark(...lines: readonly string[]): void {
    for (const line of lines) this.streams.err.write(`${printable(line)}\n`);
  }
}
