import { refang } from '../../domain/web-address';
import type { PhysicalLine } from './physical-lines';

/** One record of RFC 4180, which may go over several lines; null where it cannot be read, and then it is one line alone. */
export interface CsvRecord {
  /** Where it begins. */
  readonly no: number;
  readonly text: string | null;
  readonly cells: readonly string[] | null;
}

export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** Of a quoted cell; a quotation mark that nobody closed is not looked for any further. */
const MOST_LINES = 100;
const LONGEST_RECORD = 20_000;

/** The cells of one record; null where a quotation mark stands where none may. */
export function cellsOf(text: string, separator: Separator): string[] | null {
  if (!text.includes('"')) return text.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = /^[ \t]*"/.exec(text.slice(at, at + 50));
    const end = quoted ? endOfQuoted(text, at + quoted[0].length) : endOfPlain(text, at, separator);
    if (end === null) return null;
    const raw = quoted ? text.slice(at + quoted[0].length, end - 1).replaceAll('""', '"') : text.slice(at, end).trim();
    cells.push(raw);
    const next = quoted ? skipBlanks(text, end, separator) : end;
    if (next >= text.length) return cells;
    if (text[next] !== separator) return null;
    at = next + 1;
  }
}

/** Behind the closing quotation mark. */
function endOfQuoted(text: string, from: number): number | null {
  for (let at = from; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return null;
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}

function endOfPlain(text: string, from: number, separator: Separator): number | null {
  const found = text.indexOf(separator, from);
  const end = found === -1 ? text.length : found;
  return text.slice(from, end).includes('"') ? null : end;
}

function skipBlanks(text: string, from: number, separator: Separator): number {
  let at = from;
  while ((text[at] === ' ' || text[at] === '\t') && text[at] !== separator) at++;
  return at;
}

/** Lines that were looked at and are still to be read. */
class Lookahead {
  private readonly waiting: PhysicalLine[] = [];
  constructor(private readonly lines: AsyncIterator<PhysicalLine>) {}

  async next(): Promise<PhysicalLine | null> {
    const waiting = this.waiting.shift();
    if (waiting) return waiting;
    const { value, done } = await this.lines.next();
    return done ? null : value;
  }

  giveBack(lines: readonly PhysicalLine[]): void {
    this.waiting.unshift(...lines);
  }
}

/**
 * Records as they stream in. A quotation mark that is not closed, or stands where none may, spoils the line that it is in
 * and none behind it: what was read beyond that line is read again.
 */
export async function* csvRecords(
  lines: AsyncIterable<PhysicalLine>,
  separator: Separator,
): AsyncGenerator<CsvRecord, void, undefined> {
  const ahead = new Lookahead(lines[Symbol.asyncIterator]());
  for (let first = await ahead.next(); first !== null; first = await ahead.next()) {
    const taken = await linesOfRecord(ahead, first);
    const text = taken.map((line) => line.text).join('\n');
    const isWhole = first.text !== null && taken.reduce((sum, { quotes }) => sum + quotes, 0) % 2 === 0;
    const cells = isWhole ? cellsOf(text, separator) : null;
    if (cells === null) ahead.giveBack(taken.slice(1));
    yield cells === null ? { no: first.no, text: first.text, cells } : { no: first.no, text, cells };
  }
}

async function linesOfRecord(ahead: Lookahead, first: PhysicalLine): Promise<PhysicalLine[]> {
  const taken = [first];
  let quotes = first.quotes;
  let length = first.text?.length ?? 0;
  while (quotes % 2 === 1 && taken.length < MOST_LINES && length <= LONGEST_RECORD) {
    const next = await ahead.next();
    if (next === null) break;
    taken.push(next);
    if (next.text === null) break;
    quotes += next.quotes;
    length += next.text.length;
  }
  return taken;
}

export const CSV_COLUMNS = ['url', 'account', 'channel', 'platform', 'uploadedAt', 'note'] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];

/** What spreadsheets of the trade call them too. */
const OTHER_NAMES: Readonly<Record<string, CsvColumn>> = { address: 'url', link: 'url', uploaded: 'uploadedAt' };

function columnOf(cell: string): CsvColumn | null {
  const name = cell.toLowerCase().replace(/[ _-]/g, '');
  return CSV_COLUMNS.find((column) => column.toLowerCase() === name) ?? OTHER_NAMES[name] ?? null;
}

export interface Header {
  readonly separator: Separator;
  readonly columns: readonly CsvColumn[];
}

/**
 * What the first line says the columns are; `none` where it is an address itself and there is no header; or why it cannot be
 * read.
 */
export function headerOf(line: string): Header | 'none' | { readonly fault: string } {
  const looks = SEPARATORS.map((separator) => {
    const cells = cellsOf(line, separator) ?? [];
    return { separator, cells, columns: cells.map(columnOf) };
  });
  const known = ({ columns }: (typeof looks)[number]): number => columns.filter((column) => column !== null).length;
  const best = looks.toSorted((a, b) => known(b) - known(a))[0];
  if (!best || known(best) === 0) {
    const [first = ''] = cellsOf(line, ',') ?? [line];
    return /^https?:\/\//i.test(refang(first)) ? 'none' : { fault: `the first line names none of ${COLUMN_NAMES}` };
  }
  const strange = best.columns.indexOf(null);
  if (strange !== -1) return { fault: `column ${strange + 1} of the first line is none of ${COLUMN_NAMES}` };
  const columns = best.columns.filter((column) => column !== null);
  if (new Set(columns).size < columns.length) return { fault: 'a column is there twice' };
  if (!columns.some((column) => ['url', 'account', 'channel'].includes(column)))
    return { fault: 'one of the columns url, account and channel is needed' };
  return { separator: best.separator, columns };
}

const COLUMN_NAMES = CSV_COLUMNS.join(', ');
