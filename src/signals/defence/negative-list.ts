import { parse } from 'csv-parse/sync';
import { isRecord } from '../../domain/json';
import { isSignalHash, SIGNAL_HEX_LENGTH, SIGNAL_TYPES, type SignalType } from '../../domain/vocabulary';

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

const MAX_NOTE = 200;
const isType = (value: unknown): value is SignalType => (SIGNAL_TYPES as readonly unknown[]).includes(value);

/** Judges every entry by itself; each hash is taken once. `type` is that of entries that name none. */
export function readEntries(
  entries: Iterable<{ readonly line: number; readonly entry: unknown }>,
  type?: SignalType,
): ReadList {
  const lines = new Map<string, NegativeLine>();
  const refused: { line: number; detail: string }[] = [];
  for (const { line, entry } of entries) {
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
export function readFile(text: string, type?: SignalType): ReadList {
  return readEntries(/^\s*\{/.test(text) ? jsonLines(text) : csvLines(text), type);
}

function* jsonLines(text: string): Generator<{ line: number; entry: unknown }, void, undefined> {
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

function* csvLines(text: string): Generator<{ line: number; entry: unknown }, void, undefined> {
  const rows: { record: string[]; info: { lines: number } }[] = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const first = rows[0]?.record.map((cell) => cell.toLowerCase());
  const header = first?.includes('value') ? first : undefined;
  for (const { record, info } of header ? rows.slice(1) : rows) {
    const columns = header ?? (record.length === 1 ? ['value'] : ['type', 'value', 'note']);
    yield { line: info.lines, entry: Object.fromEntries(columns.map((name, i) => [name, record[i]])) };
  }
}
