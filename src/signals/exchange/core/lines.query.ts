import { assess, type Assessment, type Basis, type StandingContribution } from '../../../domain/signal-assessment';
import {
  TLP,
  type DisputeReason,
  type SignalOpinion,
  type SignalState,
  type SignalType,
  type Tlp,
} from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';

export interface NamedContribution extends StandingContribution {
  readonly organisationName: string;
}

export interface StandingOpinion {
  readonly organisationId: string;
  readonly organisationName: string;
  readonly opinion: SignalOpinion;
  readonly reason: DisputeReason | null;
}

/** With the lists that it is about, of which the subscriber may not know all. */
type OfLists<T> = T & { readonly listIds: readonly string[] };

/** `organisationId` null: the service itself, because a legal basis fell or matches were reported false. */
export interface OpenDispute {
  readonly organisationId: string | null;
  readonly organisationName: string | null;
  readonly reason: DisputeReason;
}

/**
 * One signal as a subscriber with certain lists may know it now. What is said of it is what matching decides on: see
 * {@link assess}.
 */
export interface Line extends Omit<Basis, 'state'> {
  /** The leaf of its last sequenced change, and when that was sequenced, in microseconds. */
  readonly seq: number;
  readonly micros: number;
  readonly id: string;
  readonly type: SignalType;
  /** Null when the value was destroyed some time after an erasure. */
  readonly value: string | null;
  /** `withdrawn` and `erased`: nothing stands on the subscriber's lists any more. */
  readonly state: SignalState | 'erased';
  readonly createdAt: Date;
  /** PDQ quality, 0 to 100; null where nobody has said it. */
  readonly quality: number | null;
  /** All of the subscriber's lists on which it stands, oldest contribution first. */
  readonly lists: readonly string[];
  /** The strictest marking of these. */
  readonly tlp: Tlp | null;
  /** Contributions to the lists that it rests on, oldest first. */
  readonly standing: readonly NamedContribution[];
  /** Organisations that confirm it on the lists that it rests on, and do not contribute to them. */
  readonly confirmers: readonly string[];
  /** On all lists. */
  readonly opinions: readonly StandingOpinion[];
  readonly disputes: readonly OpenDispute[];
  /** Organisations that confirm it on any list, and do not themselves stand behind it there. */
  readonly confirms: number;
  /** Matches that platforms found to be right. */
  readonly confirmedMatches: number;
}

/** As the database tells it. */
export interface LineRow {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly erased: boolean;
  readonly forgotten: boolean;
  readonly created_at: Date;
  readonly fed_confirmed: string;
  readonly quality: number | null;
  readonly standing: (NamedContribution & { readonly tlp: Tlp })[] | null;
  readonly opinions: OfLists<StandingOpinion>[] | null;
  readonly disputes: OfLists<OpenDispute>[] | null;
  readonly seq: string | null;
  readonly micros: string | null;
}

/** As the worker, because what is put into quarantine must still be told to those who have it: every list is named instead. */
const LINES = `
  select s.id, s.type, s.value, s.erased_at is not null or c.all_erased as erased, s.forgotten_at is not null as forgotten, s.created_at, s.quality,
    f.confirmed as fed_confirmed, c.standing, o.opinions, d.disputes, q.seq, i.micros
  from unnest($1::uuid[]) with ordinality as w(id, place) join signal s on s.id = w.id
  join lateral (
    select bool_or(c.stood) as stood, bool_and(c.state = 'erased') filter (where c.stood) as all_erased,
      json_agg(json_build_object('organisationId', c.organisation_id, 'organisationName', g.name, 'listId', c.list_id, 'reviewed', c.reviewed,
        'labels', c.labels, 'severity', c.severity, 'incident', c.incident, 'tlp', l.tlp,
        'contributedAt', (extract(epoch from c.contributed_at) * 1000)::int8)) filter (where c.state = 'standing') as standing
    from signal_contribution c join organisation g on g.id = c.organisation_id join signal_list l on l.id = c.list_id
    where c.signal_id = s.id and c.list_id = any ($2::uuid[])) c on c.stood
  left join lateral (
    select json_agg(json_build_object('organisationId', o.organisation_id, 'organisationName', g.name, 'opinion', o.opinion, 'reason', o.reason, 'listIds', o.list_ids)
      order by o.stated_at, o.id) as opinions
    from signal_opinion o join organisation g on g.id = o.organisation_id where o.signal_id = s.id and o.superseded_at is null
      and o.list_ids && $2::uuid[]) o on true
  left join lateral (
    select json_agg(json_build_object('organisationId', d.organisation_id, 'organisationName', g.name, 'reason', d.reason, 'listIds', d.list_ids) order by d.opened_at, d.id) as disputes
    from signal_dispute d left join organisation g on g.id = d.organisation_id where d.signal_id = s.id and d.state = 'open'
      and d.list_ids && $2::uuid[]) d on true
  left join lateral (
    select count(*) as confirmed from signal_feedback f
    where f.signal_id = s.id and f.superseded_at is null and f.verdict = 'confirmed' and f.list_ids && $2::uuid[]) f on true
  left join lateral (
    select max(l.seq) as seq from signal_change x join ledger_leaf l on l.entry_id = x.entry_id where x.signal_id = s.id
      and (x.list_ids is null or x.list_ids && $2::uuid[])) q on true
  left join lateral (
    select n.micros - (n.size - 1 - q.seq) as micros from exchange_instant n where n.size > q.seq order by n.size limit 1) i on true
  order by w.place`;

/** These signals, of those that have once stood on one of the lists, in the order asked for. */
export async function linesOf(tx: Tx, ids: readonly string[], lists: readonly string[]): Promise<Line[]> {
  if (ids.length === 0 || lists.length === 0) return [];
  const rows: LineRow[] = await tx.query(LINES, [ids, lists]);
  return rows.map(toLine);
}

/** What stands on lists that the subscriber may not see says nothing here, so the state is that of what it may see. */
export function toLine(row: LineRow): Line {
  const standing = row.standing ?? [];
  const opinions = row.opinions ?? [];
  const disputes = row.disputes ?? [];
  const found = assess({ contributions: standing, opinions, disputes });
  return {
    ...toldOf(found),
    seq: Number(row.seq ?? -1),
    micros: Number(row.micros ?? 0),
    id: row.id,
    type: row.type,
    value: row.forgotten ? null : row.value,
    state: found.state === 'withdrawn' && row.erased ? 'erased' : found.state,
    createdAt: row.created_at,
    quality: row.quality,
    tlp: TLP.findLast((tlp) => standing.some((each) => each.tlp === tlp)) ?? null,
    opinions: opinions.map(({ organisationId, organisationName, opinion, reason }) => ({
      organisationId,
      organisationName,
      opinion,
      reason,
    })),
    disputes: disputes.map(({ organisationId, organisationName, reason }) => ({
      organisationId,
      organisationName,
      reason,
    })),
    confirmedMatches: Number(row.fed_confirmed),
  };
}

function toldOf(found: Assessment<NamedContribution>) {
  const { labels, severity, incident, reviewed, lists, restsOn, behind, best, confirmers, confirms } = found;
  return { labels, severity, incident, reviewed, lists, restsOn, behind, standing: best, confirmers, confirms };
}

const NOTHING = toldOf(assess<NamedContribution>({ contributions: [], opinions: [], disputes: [] }));

/** A signal that the subscriber has to drop although none of its lists knows it: it stood on one that it is no longer served. */
export function droppedLine(row: { id: string; type: SignalType; value: string }, seq: number, micros: number): Line {
  return {
    ...NOTHING,
    seq,
    micros,
    id: row.id,
    type: row.type,
    value: row.value,
    state: 'withdrawn',
    createdAt: new Date(0),
    quality: null,
    tlp: null,
    opinions: [],
    disputes: [],
    confirmedMatches: 0,
  };
}

export const isTombstone = (line: Line): boolean => line.state === 'withdrawn' || line.state === 'erased';
