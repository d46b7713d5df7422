import type { Tx } from '../../../infra/database/work';

/** What was last served of an object that is over: enough to go on serving it so, and nothing of a hash. */
export interface Ended {
  readonly modified: string;
  readonly opinion?: string;
  readonly explanation?: string;
  /** Id of the indicator that an opinion was about. */
  readonly about?: string;
}

/**
 * One spell in which something stood in a collection, from the change on with which it was first served. "Revoking an object
 * is permanent" (STIX 2.1, 3.2), so each spell after one that was served as revoked is an object with an id of its own.
 */
export interface Spell {
  /** From 0; the id of the first is the base. */
  readonly spell: number;
  /** Microseconds; null for the first, which began when what it is of did. */
  readonly sinceMicros: number | null;
  readonly revoked: Ended | null;
}

/** A thing of which there may be several spells, as it is to be served now. */
export interface Subject {
  readonly baseId: string;
  readonly signalId: string;
  /** Place and time of the change by which it is as it is. */
  readonly seq: number;
  readonly micros: number;
  /** Of the nth spell. */
  readonly idOf: (spell: number) => string;
  /** Null while it stands. */
  readonly ends: Ended | null;
}

/** The spells of a subject until its change, the one that counts last. */
export type SpellsOf = (baseId: string) => readonly Spell[];

interface Row {
  readonly base_id: string;
  readonly spell: number;
  readonly since_seq: string;
  readonly since_micros: string | null;
  readonly revoked: Ended | null;
}

const uuidOf = (id: string): string => id.slice(id.indexOf('--') + 2);
const COLUMNS = 'base_id, spell, since_seq, since_micros, revoked';

const KEEP = `
  insert into exchange_object as o (object_id, signal_id, base_id, spell, since_seq, since_micros, revoked)
  select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::bigint[], $6::bigint[], $7::jsonb[])
  on conflict (object_id) do update set revoked = coalesce(o.revoked, excluded.revoked) returning ${COLUMNS}`;

/**
 * Which spell each is in, and those before it. A new one begins where something stands of which the last was served as revoked;
 * what is served as revoked for the first time is kept as that. Of two answers at once the first decides when it began.
 */
export async function spellsOf(tx: Tx, subjects: readonly Subject[]): Promise<SpellsOf> {
  const bases = subjects.map(({ baseId }) => uuidOf(baseId));
  const known: Row[] = await tx.query(`select ${COLUMNS} from exchange_object where base_id = any ($1::uuid[])`, [
    bases,
  ]);
  const rows = Map.groupBy(known, (row) => row.base_id);
  const changed = subjects.flatMap((subject) => changeOf(subject, until(rows.get(uuidOf(subject.baseId)) ?? [], subject.seq).at(-1))); // prettier-ignore
  const kept = changed.length === 0 ? [] : await keep(tx, changed);
  for (const row of kept) {
    const others = (rows.get(row.base_id) ?? []).filter(({ spell }) => spell !== row.spell);
    rows.set(row.base_id, [...others, row]);
  }
  const bySubject = new Map(
    subjects.map(({ baseId, seq }) => [baseId, until(rows.get(uuidOf(baseId)) ?? [], seq).map(toSpell)]),
  );
  return (baseId) => bySubject.get(baseId) ?? [];
}

interface Change {
  readonly subject: Subject;
  readonly spell: number;
  readonly sinceSeq: number;
  readonly sinceMicros: number | null;
}

/** What has to be kept: a spell that begins, or the end of the last one. */
function changeOf(subject: Subject, last: Row | undefined): Change[] {
  if (!last) return [{ subject, spell: 0, sinceSeq: -1, sinceMicros: null }];
  const { spell, since_seq, since_micros, revoked } = last;
  if (subject.ends === null) {
    return revoked ? [{ subject, spell: spell + 1, sinceSeq: subject.seq, sinceMicros: subject.micros }] : [];
  }
  const sinceMicros = since_micros === null ? null : Number(since_micros);
  return revoked ? [] : [{ subject, spell, sinceSeq: Number(since_seq), sinceMicros }];
}

/** In one order, so that two answers at once do not wait for each other in a circle. */
function keep(tx: Tx, changes: readonly Change[]): Promise<Row[]> {
  const sorted = changes
    .map((change) => ({ ...change, id: uuidOf(change.subject.idOf(change.spell)) }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return tx.query(KEEP, [
    sorted.map(({ id }) => id),
    sorted.map(({ subject }) => subject.signalId),
    sorted.map(({ subject }) => uuidOf(subject.baseId)),
    sorted.map(({ spell }) => spell),
    sorted.map(({ sinceSeq }) => sinceSeq),
    sorted.map(({ sinceMicros }) => sinceMicros),
    sorted.map(({ subject }) => (subject.ends ? JSON.stringify(subject.ends) : null)),
  ]);
}

/** An answer that was begun before the last spell says nothing of it. */
const until = (rows: readonly Row[], seq: number): Row[] =>
  rows.filter(({ spell, since_seq }) => spell === 0 || Number(since_seq) <= seq).toSorted((a, b) => a.spell - b.spell);

const toSpell = ({ spell, since_micros, revoked }: Row): Spell => ({
  spell,
  sinceMicros: since_micros === null ? null : Number(since_micros),
  revoked,
});
