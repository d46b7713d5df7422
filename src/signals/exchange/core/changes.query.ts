import type { SignalType } from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';
import { droppedLine, linesOf, type Line } from './lines.query';
import { FIRST_KEY, LAST_KEY, through, type Position } from './position';
import { headOf, timeOf, type Head } from './sequenced.query';

/** Whose changes are read, as the worker: its lists are those that it is served at this moment. */
export interface Following {
  readonly subscriberId: string;
  /** Whose program it is. */
  readonly organisationId: string;
  readonly lists: readonly string[];
  /** Lists that it chose of all that it is served; null: all. */
  readonly chosen: readonly string[] | null;
}

export interface ChangePage {
  readonly lines: readonly Line[];
  readonly next: Position;
  /** There is more already. */
  readonly more: boolean;
}

/** Leaves looked at in one statement: most of a ledger is not about signals. */
const WINDOW = 5_000;
/** Changes looked at in one statement, some 15 ms, however few lines are asked for: most of them are of the lists of others. */
const MOST_CHANGES = 5_000;
/** A page without a line costs this many statements at most; whoever asked goes on where it ended. */
const MOST_WINDOWS = 40;
/** Signals that are read at once, at least. */
const LEAST_READ = 100;

/**
 * What a subscriber has to know after a position, at most `limit` lines. The end of the ledger is read first and the signals
 * after it, so a change that is committed but not sequenced may be seen early and is seen again at its place; none is missed,
 * whatever order transactions commit in, because a place is given only to what is committed.
 */
export async function changesAfter(
  tx: Tx,
  following: Following,
  from: Position | null,
  limit: number,
): Promise<ChangePage> {
  const head = await headOf(tx);
  const position: Position = from ?? { phase: 'snapshot', seq: head.through, key: FIRST_KEY };
  if (position.phase === 'snapshot') return snapshotPage(tx, following, position, limit, head);
  return followPage(tx, following, position, limit, head);
}

/** Where to go on when no more of a page, which began `from` there, was handed on than up to this line of it. */
export function behindLine(page: ChangePage, from: Position | null, { seq, id }: Line): Position {
  return from?.phase === 'follow'
    ? { phase: 'follow', seq, key: id }
    : { phase: 'snapshot', seq: page.next.seq, key: id };
}

// For each list its own walk along the index, so that a page of many lists costs as many short scans and no sort of them all.
const STANDING = `
  select distinct p.signal_id from unnest($1::uuid[]) as l(id) cross join lateral (
    select distinct c.signal_id from signal_contribution c
    where c.list_id = l.id and c.signal_id > $2 and c.state = 'standing' order by c.signal_id limit $3) p
  order by p.signal_id limit $3`;

async function snapshotPage(
  tx: Tx,
  { lists }: Following,
  at: Position,
  limit: number,
  head: Head,
): Promise<ChangePage> {
  const rows: { signal_id: string }[] = await tx.query(STANDING, [lists, at.key, limit]);
  const ids = rows.map(({ signal_id }) => signal_id);
  const lines = await linesOf(tx, ids, lists);
  const last = ids.at(-1);
  if (last !== undefined && ids.length === limit) return { lines, next: { ...at, key: last }, more: true };
  return { lines, next: through(at.seq), more: head.through > at.seq };
}

interface Place {
  readonly seq: number;
  readonly id: string;
}

interface Step {
  readonly lines: readonly Line[];
  readonly next: Position;
}

async function followPage(
  tx: Tx,
  following: Following,
  from: Position,
  limit: number,
  head: Head,
): Promise<ChangePage> {
  const lines: Line[] = [];
  let at = from;
  for (let turn = 0; turn < MOST_WINDOWS && lines.length < limit && !isAtEnd(at, head); turn++) {
    const step = await followStep(tx, following, at, limit - lines.length, head);
    lines.push(...step.lines);
    at = step.next;
  }
  return { lines, next: at, more: !isAtEnd(at, head) };
}

const isAtEnd = (at: Position, head: Head): boolean =>
  at.seq > head.through || (at.seq === head.through && at.key === LAST_KEY);

async function followStep(tx: Tx, following: Following, at: Position, limit: number, head: Head): Promise<Step> {
  const start = at.key === LAST_KEY ? { seq: at.seq + 1, key: FIRST_KEY } : at;
  const end = Math.min(head.through, start.seq + WINDOW - 1);
  const scope = await nextScopeChange(tx, following, start.seq, end);
  if (scope?.seq === start.seq) return scopeStep(tx, following, scope, start.key, limit);
  return signalStep(tx, following, start, scope ? scope.seq - 1 : end, limit);
}

// The limit inside keeps this a walk along two indexes whatever the planner thinks of the size of an entry.
const CHANGED = `
  select l.seq, x.signal_id as id from ledger_leaf l cross join lateral (
    select c.signal_id from signal_change c where c.entry_id = l.entry_id and (l.seq > $1 or c.signal_id > $2)
      and (c.list_ids is null or c.list_ids && $5::uuid[]) order by c.signal_id limit $4) x
  where l.seq between $1 and $3 order by l.seq, x.signal_id limit $4`;

// Of these changes those of signals that have once stood on the lists, and the last one whatever it is of: so far it has been read.
const CHANGED_OURS = `
  select seq, id, is_ours, total from (
    select r.seq, r.id, row_number() over (order by r.seq desc, r.id desc) as from_end, count(*) over ()::int as total,
      exists (select 1 from signal_contribution c where c.signal_id = r.id and c.list_id = any ($5::uuid[]) and c.stood) as is_ours
    from (${CHANGED}) r) q
  where is_ours or from_end = 1 order by seq, id`;

interface ChangedRow {
  readonly seq: string;
  readonly id: string;
  readonly is_ours: boolean;
  /** Changes that were looked at. */
  readonly total: number;
}

async function signalStep(
  tx: Tx,
  { lists }: Following,
  start: Pick<Position, 'seq' | 'key'>,
  end: number,
  limit: number,
): Promise<Step> {
  const asked = [start.seq, start.key, end, MOST_CHANGES, lists];
  const rows: ChangedRow[] = await tx.query(CHANGED_OURS, asked);
  const places: Place[] = rows.filter((row) => row.is_ours).map(({ seq, id }) => ({ seq: Number(seq), id }));
  const lines: Line[] = [];
  for (let from = 0; from < places.length;) {
    const some = places.slice(from, from + Math.max(LEAST_READ, limit - lines.length));
    const found = await linesOf(tx, [...new Set(some.map(({ id }) => id))], lists);
    const lineOf = new Map(found.map((line) => [line.id, line]));
    for (const { seq, id } of some) {
      const line = lineOf.get(id);
      // At the place of its last change alone: earlier ones would say the same again.
      if (line?.seq === seq) lines.push(line);
      if (lines.length === limit) return { lines, next: { phase: 'follow', seq, key: id } };
    }
    from += some.length;
  }
  const last = rows.at(-1);
  const isWhole = last === undefined || last.total < MOST_CHANGES;
  return { lines, next: isWhole ? through(end) : { phase: 'follow', seq: Number(last.seq), key: last.id } };
}

interface ScopeLeaf {
  readonly seq: number;
  readonly lists: readonly { id: string; until: Date | null }[];
}

/** The next place between two leaves at which the lists of this subscriber changed. */
async function nextScopeChange(
  tx: Tx,
  { subscriberId, chosen }: Following,
  first: number,
  last: number,
): Promise<ScopeLeaf | null> {
  const rows: { seq: string; list_id: string; until: Date | null }[] = await tx.query(
    `select l.seq, x.list_id, x.until from exchange_scope x join ledger_leaf l on l.entry_id = x.entry_id
     where x.subscriber_id = $1 and l.seq between $2 and $3 and ($4::uuid[] is null or x.list_id = any ($4)) order by l.seq`,
    [subscriberId, first, last, chosen],
  );
  if (!rows[0]) return null;
  const lists = rows.filter(({ seq }) => seq === rows[0]?.seq).map(({ list_id, until }) => ({ id: list_id, until }));
  return { seq: Number(rows[0].seq), lists };
}

// What a list gained holds, and what a list lost held while it was served.
const MOVED = `
  select s.id, s.type, s.value from (
    select distinct p.signal_id from unnest($1::uuid[], $2::timestamptz[]) as l(id, until) cross join lateral (
      select distinct c.signal_id from signal_contribution c
      where c.list_id = l.id and c.signal_id > $3 and case when l.until is null then c.state = 'standing' else c.stood and c.contributed_at <= l.until end
      order by c.signal_id limit $4) p
    order by p.signal_id limit $4) m join signal s on s.id = m.signal_id and s.forgotten_at is null order by s.id`;

async function scopeStep(tx: Tx, { lists }: Following, leaf: ScopeLeaf, key: string, limit: number): Promise<Step> {
  const rows: { id: string; type: SignalType; value: string }[] = await tx.query(MOVED, [
    leaf.lists.map(({ id }) => id),
    leaf.lists.map(({ until }) => until),
    key,
    limit,
  ]);
  const micros = await timeOf(tx, leaf.seq);
  const ids = rows.map(({ id }) => id);
  // At this place, whenever they changed last: to the subscriber they are new, or gone, here.
  const found = await linesOf(tx, ids, lists);
  const known = new Map(found.map((line) => [line.id, { ...line, seq: leaf.seq, micros }]));
  const lines = rows.map((row) => known.get(row.id) ?? droppedLine(row, leaf.seq, micros));
  const last = ids.at(-1);
  const isWhole = last === undefined || rows.length < limit;
  return { lines, next: isWhole ? through(leaf.seq) : { phase: 'follow', seq: leaf.seq, key: last } };
}
