import { parse } from 'csv-parse/sync';
import { isIncidentTag, labelFaults } from '../../../domain/labels';
import { SIGNAL_TYPES } from '../../../domain/vocabulary';
import { asHash, asLabels, asSeverity, asType, plain, refuse } from './normal';
import type { SourceRecord } from './source';

const CSV_COLUMNS = ['type', 'value', 'quality', 'category', 'ideology', 'severity', 'incident', 'note'] as const;

/** One line of the file: what it says, or why it was refused. */
export interface CsvLine {
  /** As an editor counts; the header is line 1. */
  readonly line: number;
  readonly record: SourceRecord;
}

type Cells = Readonly<Partial<Record<(typeof CSV_COLUMNS)[number], string>>>;

/** A line that is longer holds no hash; no more of it is kept than this. */
const LONGEST_LINE = 20_000;

/** The header is not ours. */
export class CsvHeaderError extends Error {}

/**
 * Cells of RFC 4180 with a header, as the file streams in. A cell has no line break within it: so a quotation mark that is not
 * closed spoils its own line and none of the million behind it. @throws CsvHeaderError
 */
export async function* readCsv(file: AsyncIterable<Uint8Array>): AsyncGenerator<CsvLine, void, undefined> {
  let header: readonly string[] | null = null;
  let line = 0;
  for await (const text of linesIn(file)) {
    line++;
    if (text !== null && text.trim() === '') continue;
    const cells = text === null ? null : cellsOf(text);
    if (header === null) header = headerOf(cells ?? []);
    else yield { line, record: cells === null ? illegible(line) : readLine(cells, header, line) };
  }
  if (header === null) throw new CsvHeaderError('the file has no header');
}

const illegible = (line: number): SourceRecord =>
  refuse(`line ${line}`, 'record.unreadable', 'too long, or a quotation mark that is not closed');

/** Null for a line that is too long. What is not UTF-8 shows as U+FFFD, which no hash has in it. */
async function* linesIn(file: AsyncIterable<Uint8Array>): AsyncGenerator<string | null, void, undefined> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let isTooLong = false;
  for await (const piece of file) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield isTooLong || line.length > LONGEST_LINE ? null : line;
      isTooLong = false;
    }
    if (rest.length > LONGEST_LINE) {
      isTooLong = true;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (isTooLong || rest !== '') yield isTooLong ? null : rest;
}

/** Null where the quotation marks do not fit. */
function cellsOf(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  try {
    const rows = parse(line, { trim: true, relax_column_count: true });
    return rows.length === 1 ? (rows[0] ?? null) : null;
  } catch {
    return null;
  }
}

function headerOf(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.toLowerCase());
  const strange = names.find((name) => !(CSV_COLUMNS as readonly string[]).includes(name));
  if (strange !== undefined)
    throw new CsvHeaderError(`the column ${plain(strange, 40)} is not one of ${CSV_COLUMNS.join(', ')}`);
  if (!names.includes('type') || !names.includes('value'))
    throw new CsvHeaderError('the columns type and value are needed');
  if (new Set(names).size < names.length) throw new CsvHeaderError('a column is there twice');
  return names;
}

function readLine(cells: readonly string[], header: readonly string[], line: number): SourceRecord {
  const name = `line ${line}`;
  const unreadable = (detail: string): SourceRecord => refuse(name, 'record.unreadable', detail);
  if (cells.length !== header.length) return unreadable(`${cells.length} cells instead of ${header.length}`);
  const given = Object.fromEntries(header.flatMap((column, i) => (cells[i] ? [[column, cells[i]]] : []))) as Cells;
  const type = asType(given.type?.toLowerCase());
  if (!type) return refuse(name, 'record.type-unknown', `the type is one of ${SIGNAL_TYPES.join(', ')}`);
  const quality =
    given.quality === undefined ? undefined : /^\d{1,3}$/.test(given.quality) ? Number(given.quality) : -1;
  const hash = asHash(type, given.value, quality);
  if (typeof hash === 'string') return refuse(name, 'record.hash-invalid', hash);
  // In a file that somebody wrote for us, a word that we do not have is a mistake, and its writer can put it right.
  const labels = {
    ...(given.category ? { category: given.category } : {}),
    ...(given.ideology ? { ideology: given.ideology } : {}),
  };
  const [fault] = labelFaults(labels, '');
  if (fault) return unreadable(`${fault.pointer.slice(1)}: ${fault.detail}`);
  const severity = asSeverity(given.severity);
  if (given.severity !== undefined && !severity) return unreadable('an unknown severity');
  const { incident } = given;
  if (incident !== undefined && !isIncidentTag(incident)) return unreadable('not an incident tag');
  const note = plain(given.note, 500);
  return {
    kind: 'stands',
    remoteId: `${hash.type}:${hash.value}`,
    hashes: [hash],
    labels: asLabels(labels),
    ...(severity ? { severity } : {}),
    ...(incident === undefined ? {} : { incident }),
    ...(note === '' ? {} : { note }),
    reviewed: true,
    disputed: false,
    provenance: { line },
  };
}
