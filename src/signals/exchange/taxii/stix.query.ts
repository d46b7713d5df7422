import type { DisputeReason, SignalOpinion, Tlp } from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';
import { isTombstone, type Line } from '../core/lines.query';
import { spellsOf, type SpellsOf, type Subject } from './spells';
import {
  SERVICE,
  currentIndicator,
  indicatorId,
  modifiedOf,
  objectsOf,
  opinionEnds,
  opinionId,
  sightingId,
  type OpinionOf,
  type StixList,
  type StixObject,
} from './stix';

interface Row {
  readonly signal_id: string;
  readonly organisation_id: string | null;
  readonly name: string | null;
  readonly organised_at: Date | null;
  readonly opinion: SignalOpinion;
  readonly reason: DisputeReason | null;
  readonly first_at: Date;
  readonly at: Date;
  readonly retracted_at: Date | null;
}

/** Of those about this list: the last opinion of each organisation with whether it still holds, and the disputes that the service itself has opened. */
const OPINIONS = `
  select o.signal_id, o.organisation_id, g.name, g.created_at as organised_at, o.opinion, o.reason, o.first_at, o.stated_at as at,
    o.superseded_at as retracted_at
  from (
    select distinct on (signal_id, organisation_id) *, min(stated_at) over (partition by signal_id, organisation_id) as first_at
    from signal_opinion where signal_id = any ($1::uuid[]) and $2 = any (list_ids)
    order by signal_id, organisation_id, superseded_at is null desc, stated_at desc, id desc) o
  join organisation g on g.id = o.organisation_id
  union all
  select d.signal_id, null, null, null, 'dispute', d.reason, d.first_at, d.opened_at, d.closed_at
  from (
    select distinct on (signal_id) *, min(opened_at) over (partition by signal_id) as first_at
    from signal_dispute where signal_id = any ($1::uuid[]) and $2 = any (list_ids) and organisation_id is null
    order by signal_id, closed_at is null desc, opened_at desc, id desc) d
  order by 1, 7, 2`;

async function opinionsOf(tx: Tx, signalIds: readonly string[], listId: string): Promise<Map<string, OpinionOf[]>> {
  const rows: Row[] = await tx.query(OPINIONS, [signalIds, listId]);
  const bySignal = new Map<string, OpinionOf[]>();
  for (const row of rows) {
    const by =
      row.organisation_id === null
        ? SERVICE
        : { id: row.organisation_id, name: row.name ?? '', createdAt: row.organised_at ?? SERVICE.createdAt };
    const { opinion, reason } = row;
    const given = { by, opinion, reason, firstAt: row.first_at, at: row.at, retractedAt: row.retracted_at };
    bySignal.set(row.signal_id, [...(bySignal.get(row.signal_id) ?? []), given]);
  }
  return bySignal;
}

/** What is said of a signal, with the place and time at which it entered the collection as it is. */
export interface Said {
  readonly line: Line;
  readonly objects: readonly StixObject[];
}

/**
 * The objects of these lines. Their ids are kept with the signal that they are of, because an id of version 5 cannot be turned
 * back, and so that what was served as revoked does not come back.
 */
export async function saidOf(tx: Tx, lines: readonly Line[], list: StixList): Promise<Said[]> {
  if (lines.length === 0) return [];
  const opinions = await opinionsOf(
    tx,
    lines.map(({ id }) => id),
    list.id,
  );
  const ofIndicators = await spellsOf(
    tx,
    lines.map((line) => indicatorOf(line, list)),
  );
  const ofOthers = await spellsOf(
    tx,
    lines.flatMap((line) => othersOf(line, list, opinions.get(line.id) ?? [], ofIndicators)),
  );
  const spells: SpellsOf = (baseId) => (baseId.startsWith('indicator--') ? ofIndicators(baseId) : ofOthers(baseId));
  return lines.map((line) => ({ line, objects: objectsOf(line, list, opinions.get(line.id) ?? [], spells) }));
}

const indicatorOf = (line: Line, list: StixList): Subject => ({
  baseId: indicatorId(list.id, line.id),
  signalId: line.id,
  seq: line.seq,
  micros: line.micros,
  idOf: (spell) => indicatorId(list.id, line.id, spell),
  ends: isTombstone(line) ? { modified: modifiedOf(line) } : null,
});

/** Opinions, and the sighting, which is never revoked and of one spell of the indicator. */
function othersOf(line: Line, list: StixList, opinions: readonly OpinionOf[], indicators: SpellsOf): Subject[] {
  const { id, seq, micros } = line;
  const now = currentIndicator(line, list, indicators);
  const sighting = sightingId(list.id, id, now.spell);
  return [
    ...opinions.map((given) => ({
      baseId: opinionId(list.id, id, given.by.id),
      signalId: id,
      seq,
      micros,
      idOf: (spell: number) => opinionId(list.id, id, given.by.id, spell),
      ends: opinionEnds(given, now.id),
    })),
    ...(line.confirmedMatches > 0 && !isTombstone(line)
      ? [{ baseId: sighting, signalId: id, seq, micros, idOf: () => sighting, ends: null }]
      : []),
  ];
}

export async function signalsOfObjects(tx: Tx, objectIds: readonly string[]): Promise<string[]> {
  const rows: { signal_id: string }[] = await tx.query(
    'select distinct signal_id from exchange_object where object_id = any ($1::uuid[]) order by signal_id',
    [objectIds],
  );
  return rows.map(({ signal_id }) => signal_id);
}

interface ListRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly purpose: string;
  readonly tlp: Tlp;
  readonly created_at: Date;
}

export interface CollectionList extends StixList {
  readonly slug: string;
  readonly purpose: string;
  readonly createdAt: Date;
}

export async function listsNamed(tx: Tx, ids: readonly string[]): Promise<CollectionList[]> {
  const rows: ListRow[] = await tx.query(
    'select id, slug, name, purpose, tlp, created_at from signal_list where id = any ($1::uuid[]) order by created_at, id',
    [ids],
  );
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));
}

/** Organisations that have stated an opinion of anything on the list: whose identity objects it holds. */
export async function opinersOn(tx: Tx, listId: string): Promise<{ id: string; name: string; createdAt: Date }[]> {
  const rows: { id: string; name: string; created_at: Date }[] = await tx.query(
    `select g.id, g.name, g.created_at from organisation g where exists (
       select 1 from signal_opinion o where o.organisation_id = g.id and $1 = any (o.list_ids)) order by g.id`,
    [listId],
  );
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));
}
