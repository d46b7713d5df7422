import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { isRecord } from '../../domain/json';
import { isSignalHash, SIGNAL_HEX_LENGTH, SIGNAL_TYPES, type SignalType } from '../../domain/vocabulary';
import { turn } from '../../infra/turn';

export interface NegativeLine {
  readonly type: SignalType;
  readonly value: string;
  readonly note: string | null;
}

export interface ReadList {
  readonly lines: readonly NegativeLine[];
  /** Positions from 1, as an editor counts lines or entries. */
  readonly refused: readonly { readonly line: number; readonly detail: string }[];
}

interface Numbered {
  readonly line: number;
  readonly entry: unknown;
}

const MAX_NOTE = 200;
/** Entries between two turns of the event loop: a file can hold 200,000, which take a second. */
const SLICE = 500;
/** Of a CSV file, parsed in one go. */
const PIECE_BYTES = 2 ** 15;
const isType = (value: unknown): value is SignalType => (SIGNAL_TYPES as readonly unknown[]).includes(value);

/** Judges every entry by itself; each hash is taken once. `type` is that of entries that name none. */
export async function readEntries(
  entries: Iterable<Numbered> | AsyncIterable<Numbered>,
  type?: SignalType,
): Promise<ReadList> {
  const lines = new Map<string, NegativeLine>();
  const refused: { line: number; detail: string }[] = [];
  let seen = 0;
  for await (const { line, entry } of entries) {
    if (seen++ % SLICE === SLICE - 1) await turn();
    const read = readEntry(entry, type);
    if (typeof read === 'string') refused.push({ line, detail: read });
    else if (!lines.has(`${read.type}:${read.value}`)) lines.set(`${read.type}:${read.value}`, read);
  }
  return { lines: [...lines.values()], refused };
}

function readEntry(entry: unknown, common: SignalType | undefined): NegativeLine | string {
  if (!isRecord(entry)) return 'not an object';
  const type = entry.type === undefined || entry.type === '' ? common : entry.type;
  if (!isType(type)) return `the type is one of ${SIGNAL_TYPES.join(', ')}`;
  const { value, note } = entry;
  if (typeof value !== 'string' || !isSignalHash(type, value))
    return `${type} is ${SIGNAL_HEX_LENGTH[type]} lower-case hexadecimal digits`;
  const hasNote = note !== undefined && note !== null && note !== '';
  if (hasNote && !isNote(note)) return `a note is a text of at most ${MAX_NOTE} characters`;
  return { type, value, note: hasNote && typeof note === 'string' ? note : null };
}

const isNote = (note: unknown): boolean =>
  typeof note === 'string' && note.length <= MAX_NOTE && note.isWellFormed() && !note.includes('\0');

/** A file of JSON lines, or of CSV with the columns type, value and note, or value alone; its first character tells which. */
export function readFile(text: string, type?: SignalType): Promise<ReadList> {
  return readEntries(/^\s*\{/.test(text) ? jsonLines(text) : csvLines(text), type);
}

function* jsonLines(text: string): Generator<Numbered, void, undefined> {
  for (const [index, line] of text.split(/\r?\n/).entries())
    if (line.trim() !== '') yield { line: index + 1, entry: parsed(line) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer, void, undefined> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

async function* csvLines(text: string): AsyncGenerator<Numbered, void, undefined> {
  const rows: AsyncIterable<{ record: string[]; info: { lines: number } }> = Readable.from(
    piecesOf(Buffer.from(text)),
  ).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  let columns: readonly string[] | undefined;
  for await (const { record, info } of rows) {
    if (!columns) {
      const names = record.map((cell) => cell.toLowerCase());
      columns = names.includes('value') ? names : [];
      if (columns.length > 0) continue;
    }
    const named = columns.length > 0 ? columns : record.length === 1 ? ['value'] : ['type', 'value', 'note'];
    yield { line: info.lines, entry: Object.fromEntries(named.map((name, i) => [name, record[i]])) };
  }
}
