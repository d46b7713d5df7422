import type { Tx } from '../../../infra/database/work';

/**
 * Places of the ledger and their times. A signal's own times are those of the node that wrote it; what a subscriber goes by
 * is when it was sequenced, as `exchange_instant` has it: microseconds since 1970, at least one for each leaf, never back.
 */
export interface Head {
  /** The last leaf; -1 when there is none. */
  readonly through: number;
  readonly micros: number;
}

export async function headOf(tx: Tx): Promise<Head> {
  const [row]: { size: string; micros: string }[] = await tx.query(
    'select size, micros from exchange_instant order by size desc limit 1',
  );
  return row ? { through: Number(row.size) - 1, micros: Number(row.micros) } : { through: -1, micros: 0 };
}

/** The last leaf that was sequenced at `micros` or before; -1 when none was. */
export async function placeAt(tx: Tx, micros: number): Promise<number> {
  const [row]: { size: string | null; next_size: string | null; next_micros: string | null }[] = await tx.query(
    `select b.size, n.size as next_size, n.micros as next_micros
     from (select 1) as one
     left join lateral (select size from exchange_instant where micros <= $1 order by micros desc limit 1) b on true
     left join lateral (select size, micros from exchange_instant where micros > $1 order by micros limit 1) n on true`,
    [Math.floor(micros)],
  );
  const before = Number(row?.size ?? 0) - 1;
  if (!row || row.next_size === null || row.next_micros === null) return before;
  // Of the leaves under one checkpoint each is a microsecond later than the one before it.
  return Math.max(before, Number(row.next_size) - 1 - (Number(row.next_micros) - Math.floor(micros)));
}

/** The time of a leaf; that of the newest one for a leaf that is not sequenced yet. */
export async function timeOf(tx: Tx, seq: number): Promise<number> {
  const [row]: { micros: string }[] = await tx.query(
    'select micros - (size - 1 - $1) as micros from exchange_instant where size > $1 order by size limit 1',
    [seq],
  );
  return row ? Number(row.micros) : (await headOf(tx)).micros;
}

/** RFC 3339 with microseconds. */
export const instantText = (micros: number): string =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;

const INSTANT = /^(\d{4}-\d\d-\d\d)([Tt](?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** Microseconds of an RFC 3339 instant; what is finer is cut off. Null for what is none, as the thirtieth of February. */
export function parseMicros(text: string): number | null {
  const found = INSTANT.exec(text);
  if (!found) return null;
  const [, day = '', time = '', fraction = '', offset = ''] = found;
  const at = Date.parse(`${day}${time}${offset}`.toUpperCase());
  if (Number.isNaN(at) || !isDay(day)) return null;
  return at * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** `Date.parse` counts on from the end of a month. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
