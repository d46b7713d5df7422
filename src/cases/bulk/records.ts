import { DomainError } from '../../domain/errors';
import { isRecord } from '../../domain/json';
import { wellFormed } from '../../infra/http/well-formed';
import { csvRecords, headerOf, type CsvColumn, type CsvRecord, type Header } from './csv-records';
import { NOT_DECODED, physicalLines, type PhysicalLine } from './physical-lines';

export const BULK_FORMATS = ['csv', 'json_lines', 'text'] as const;
export type BulkFormat = (typeof BULK_FORMATS)[number];

/** One item of a submission: as `SubmittedItemDto` wants it, or why the line cannot be read. */
export interface BulkRecord {
  /** Where it begins in the body, from 1. */
  readonly line: number;
  /** As it came; what a repeat is recognised by. */
  readonly text: string;
  readonly item: unknown;
  readonly fault: DomainError | null;
}

const unreadable = (reason: string): DomainError => new DomainError('bulk.line-unreadable', { reason });

const refused = (line: number, text: string | null, reason: string): BulkRecord => ({
  line,
  text: text ?? '\0',
  item: null,
  fault: unreadable(reason),
});

/** What keeps any line from being read, whatever its format. */
function commonFault(text: string | null): string | null {
  if (text === null) return 'longer than 20,000 characters';
  return text.includes(NOT_DECODED) ? 'not UTF-8: save the file as UTF-8' : null;
}

/**
 * The items of a body, in its order, as it arrives; blank lines are none.
 * @throws DomainError `bulk.header-unknown` at the first line of a CSV body
 */
export async function* bulkRecords(
  bytes: AsyncIterable<Uint8Array>,
  format: BulkFormat,
): AsyncGenerator<BulkRecord, void, undefined> {
  const lines = physicalLines(bytes);
  if (format === 'csv') {
    yield* recordsOfCsv(lines);
    return;
  }
  const read = format === 'text' ? addressOf : objectOf;
  for await (const { no, text } of lines) {
    if (text !== null && text.trim() === '') continue;
    const fault = commonFault(text);
    yield fault !== null || text === null ? refused(no, text, fault ?? '') : read(no, text);
  }
}

const addressOf = (line: number, text: string): BulkRecord => ({ line, text, item: { url: text.trim() }, fault: null });

function objectOf(line: number, text: string): BulkRecord {
  try {
    const item: unknown = JSON.parse(text);
    if (!isRecord(item)) return refused(line, text, 'not a JSON object');
    // Also that it has no members by the thousand, each of which would be looked at.
    return { line, text, item: wellFormed(item), fault: null };
  } catch (error) {
    const fault = error instanceof DomainError ? error : new DomainError('request.malformed-json');
    return { line, text, item: null, fault };
  }
}

async function* recordsOfCsv(
  lines: AsyncGenerator<PhysicalLine, void, undefined>,
): AsyncGenerator<BulkRecord, void, undefined> {
  const first = await firstFilled(lines);
  if (first === null) return;
  const header = headerOf(first.text ?? '');
  if (header === 'none') {
    yield lineAsCell(first, 'url');
    yield* linesAsCells(lines, 'url');
    return;
  }
  if ('fault' in header) throw new DomainError('bulk.header-unknown', { reason: header.fault });
  const [only, ...others] = header.columns;
  if (only && others.length === 0) {
    yield* linesAsCells(lines, only);
    return;
  }
  for await (const record of csvRecords(lines, header.separator)) {
    if (record.text === null || record.text.trim() !== '') yield csvRecord(record, header);
  }
}

/** Taken by hand, because `for await` would end the lines with the loop. */
async function firstFilled(lines: AsyncGenerator<PhysicalLine, void, undefined>): Promise<PhysicalLine | null> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return null;
    if (value.text === null || value.text.trim() !== '') return value;
  }
}

async function* linesAsCells(
  lines: AsyncIterable<PhysicalLine>,
  column: CsvColumn,
): AsyncGenerator<BulkRecord, void, undefined> {
  for await (const line of lines) if (line.text === null || line.text.trim() !== '') yield lineAsCell(line, column);
}

/** Where there is one column alone: an address may hold commas, so the line is the cell. */
function lineAsCell({ no, text }: PhysicalLine, column: CsvColumn): BulkRecord {
  const fault = commonFault(text);
  if (fault !== null || text === null) return refused(no, text, fault ?? '');
  const cell = text.trim().replace(/^"(.*)"$/, '$1');
  return { line: no, text, item: { [column]: cell }, fault: null };
}

function csvRecord({ no, text, cells }: CsvRecord, { columns }: Header): BulkRecord {
  const fault = commonFault(text);
  if (fault !== null) return refused(no, text, fault);
  if (cells === null) return refused(no, text, 'a quotation mark is not closed, or stands where none may');
  // Spreadsheets fill short rows up with empty cells, and cut empty ones off.
  const given = cells.slice(0, columns.length);
  if (cells.slice(columns.length).some((cell) => cell !== ''))
    return refused(no, text, `${cells.length} cells under ${columns.length} columns`);
  const item = Object.fromEntries(columns.flatMap((column, i) => (given[i] ? [[column, given[i]]] : [])));
  if (Object.keys(item).length === 0) return refused(no, text, 'all cells are empty');
  return { line: no, text: text ?? '', item, fault: null };
}
