import { BODY_PARTS, SUBJECT_COLUMNS, parseEntry, type BodyPart, type LedgerEntry } from '../domain/ledger-entry';
import { equalHashes } from '../domain/merkle';
import { leafHash, saltedDigest } from './native-hash';

/** An entry with everything that stands beside it, as `ENTRY_COLUMNS` reads it. */
export interface EntryRow {
  readonly id: string | null;
  readonly kind: string;
  readonly at: string;
  readonly organisation_id: string | null;
  readonly person_id: string | null;
  readonly case: string | null;
  readonly item: string | null;
  readonly notice: string | null;
  readonly exhibit: string | null;
  readonly signal: string | null;
  /** As PostgreSQL writes an array: `{a,b}`. */
  readonly audience: string;
  readonly audience_salt: Buffer;
  readonly bytes: Buffer;
  readonly own_leaf: Buffer;
  readonly shared: string | null;
  readonly shared_salt: Buffer | null;
  readonly internal: string | null;
  readonly internal_salt: Buffer | null;
}

/** Instants and audiences as text, which costs the database less than it would cost us. */
export const ENTRY_COLUMNS = `e.id, e.kind, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
  e.organisation_id, e.person_id, e.case_id as case, e.item_id as item, e.notice_id as notice, e.exhibit_id as exhibit,
  e.signal_id as signal, e.audience::text as audience, e.audience_salt, e.bytes, e.leaf_hash as own_leaf,
  s.body as shared, s.salt as shared_salt, i.body as internal, i.salt as internal_salt`;
export const WITH_BODIES = `left join ledger_body s on s.entry_id = e.id and s.part = 'shared'
  left join ledger_body i on i.entry_id = e.id and i.part = 'internal'`;

/** Which bodies the ledger itself says were erased: the parts by entry, with who said so. */
export type Erasures = ReadonlyMap<string, readonly { readonly part: string; readonly by: string | null }[]>;

export interface CheckedEntry {
  readonly entry: LedgerEntry | null;
  readonly audience: readonly string[];
  readonly erased: number;
  readonly fault: string | null;
}

export const audienceOf = (text: string): string[] => (text === '{}' ? [] : text.slice(1, -1).split(','));

/** Derives everything about one entry from its bytes again. */
export function checkEntry(row: EntryRow, leaf: Buffer, erasures: Erasures): CheckedEntry {
  const audience = audienceOf(row.audience);
  const bad = (fault: string): CheckedEntry => ({ entry: null, audience, erased: 0, fault });
  const hash = leafHash(row.bytes);
  if (!equalHashes(hash, leaf)) return bad('its bytes have not the hash that is in the tree');
  if (!equalHashes(hash, row.own_leaf)) return bad('its leaf_hash is not that of its bytes');
  let entry: LedgerEntry;
  try {
    entry = parseEntry(row.bytes);
  } catch (error) {
    return bad(error instanceof Error ? error.message : 'its bytes cannot be read');
  }
  const column = wrongColumn(entry, row);
  if (column) return bad(`the column ${column} is not what its bytes say`);
  if (audience.some((id, i) => i > 0 && id <= (audience[i - 1] ?? ''))) return bad('its audience is not sorted');
  if (saltedDigest(row.audience_salt, JSON.stringify(audience)) !== entry.aud) {
    return bad('its audience or the salt of it is not what its bytes say');
  }
  const bodies = checkBodies(entry, row, erasures.get(entry.id) ?? []);
  return typeof bodies === 'string' ? bad(bodies) : { entry, audience, erased: bodies, fault: null };
}

function wrongColumn(entry: LedgerEntry, row: EntryRow): string | null {
  if (row.id !== entry.id) return 'id';
  if (row.kind !== entry.kind) return 'kind';
  if (row.at !== entry.at) return 'at';
  if (row.organisation_id !== entry.org) return 'organisation_id';
  const person = row.person_id === null ? null : saltedDigest(row.audience_salt, row.person_id);
  if (person !== entry.person) return 'person_id';
  const subject = SUBJECT_COLUMNS.find((name) => row[name] !== (entry.subjects[name] ?? null));
  return subject ? `${subject}_id` : null;
}

/** How many bodies are gone as the ledger says they should be, or what is wrong with one. */
function checkBodies(
  entry: LedgerEntry,
  row: EntryRow,
  erasures: readonly { part: string; by: string | null }[],
): number | string {
  let erased = 0;
  for (const part of BODY_PARTS) {
    const [text, salt] = part === 'shared' ? [row.shared, row.shared_salt] : [row.internal, row.internal_salt];
    const digest = entry.bodies[part];
    if (text === null || salt === null) {
      if (digest === undefined) continue;
      if (!mayBeGone(entry, part, erasures)) return `its ${part} body is missing and no entry says that it was erased`;
      erased++;
    } else if (saltedDigest(salt, text) !== digest) {
      return digest === undefined ? `it has a ${part} body that its bytes do not know` : `its ${part} body was changed`;
    }
  }
  return erased;
}

function mayBeGone(
  entry: LedgerEntry,
  part: BodyPart,
  erasures: readonly { part: string; by: string | null }[],
): boolean {
  return erasures.some((erasure) => erasure.part === part && (erasure.by === null || erasure.by === entry.org));
}
