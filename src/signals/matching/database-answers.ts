import type { PublicLabels } from '../../domain/signal-merge';
import type { Severity, SignalType } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import { isPerceptual } from '../../perceptual/match-radius';
import { VideoTally } from '../../perceptual/video-tally';
import { VPDQ_RADIUS, usableFrames, type VpdqFrame } from '../../perceptual/vpdq';
import type { Hit, KnownSignal, Standing } from './known-signal';
import type { Question } from './question';

interface Row {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly opinions: Standing['opinions'] | null;
  readonly disputes: Standing['disputes'] | null;
  readonly feedback: Standing['feedback'] | null;
  readonly contributions: Contribution[] | null;
}

interface Contribution {
  readonly organisationId: string;
  readonly listId: string;
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly reviewed: boolean;
  readonly contributedAt: number;
}

interface Near {
  readonly id: string;
  readonly distance: number;
}

/**
 * The same answers from the database, in a transaction with the asker's scope, whose row-level policies say what is seen.
 * Exact as well: every hash is compared. For a node that is still loading; an equal hash is found by an index, a distance is
 * a scan of all of them.
 */
export async function findInDatabase(tx: Tx, { type, value, radius }: Question): Promise<Hit[]> {
  const near = isPerceptual(type) && radius > 0 ? await scan(tx, type, value, radius) : await equal(tx, type, value);
  const known = await readKnown(
    tx,
    near.map(({ id }) => id),
  );
  return near.flatMap(({ id, distance }) => {
    const signal = known.get(id);
    return signal ? [{ signal, distance }] : [];
  });
}

export async function findVideosInDatabase(tx: Tx, frames: readonly VpdqFrame[]): Promise<Hit[]> {
  const asked = usableFrames(frames);
  if (asked.length === 0) return [];
  const rows = await tx.query<{ asked: string; id: string; hash: string; distance: number }[]>(
    `select * from (select q.place - 1 as asked, f.signal_id as id, f.hash,
         bit_count(('x' || f.hash)::bit(256) # ('x' || q.hash)::bit(256))::int as distance
       from unnest($1::text[]) with ordinality as q (hash, place) cross join signal_frame f where f.quality >= 50) as compared
     where distance <= $2 order by asked, distance`,
    [asked.map(({ hash }) => hash), VPDQ_RADIUS],
  );
  const tally = new VideoTally<string>();
  const seen = new Set<string>();
  for (const { id, asked: place, hash, distance } of rows) {
    const frame = id + hash;
    tally.add(id, Number(place), distance, !seen.has(frame));
    seen.add(frame);
  }
  const ids = [...new Set(rows.map(({ id }) => id))];
  const sizes = await tx.query<{ id: string; n: number }[]>(
    `select signal_id as id, count(distinct hash)::int as n from signal_frame where signal_id = any($1) and quality >= 50 group by signal_id`,
    [ids],
  );
  const framesOf = new Map(sizes.map(({ id, n }) => [id, n]));
  const known = await readKnown(tx, ids);
  return tally
    .hits(asked.length, (id) => framesOf.get(id) ?? 0)
    .flatMap(({ video, distance, ...vpdq }) => {
      const signal = known.get(video);
      return signal ? [{ signal, distance, vpdq }] : [];
    });
}

/** The newest entry that a transaction that begins now takes into account. */
export async function newestEntry(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ newest: string }[]>('select coalesce(max(seq), -1) as newest from ledger_leaf');
  return Number(row?.newest ?? -1);
}

const equal = (tx: Tx, type: SignalType, value: string): Promise<Near[]> =>
  tx.query('select id, 0 as distance from signal where type = $1 and value = $2', [type, value]);

const scan = (tx: Tx, type: SignalType, value: string, radius: number): Promise<Near[]> =>
  tx.query(
    `select id, distance from (
       select s.id, bit_count(('x' || s.value)::bit(256) # ('x' || $2)::bit(256))::int as distance from signal s
       where s.type = $1) as compared
     where distance <= $3 order by distance, id`,
    [type, value, radius],
  );

export async function readKnown(tx: Tx, ids: readonly string[]): Promise<Map<string, KnownSignal>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<Row[]>(
    `with found as (select * from signal_feedback_counts($1))
     select s.id, s.type, s.value,
       (select jsonb_agg(jsonb_build_object('organisationId', o.organisation_id, 'opinion', o.opinion, 'listIds', o.list_ids)
           order by o.organisation_id) from signal_opinion o where o.signal_id = s.id and o.superseded_at is null) as opinions,
       (select jsonb_agg(jsonb_build_object('organisationId', d.organisation_id, 'listIds', d.list_ids))
         from signal_dispute d where d.signal_id = s.id and d.state = 'open') as disputes,
       (select jsonb_agg(jsonb_build_object('listIds', f.list_ids, 'confirmed', f.confirmed, 'false', f.false_matches, 'alreadyKnown', f.known))
         from found f where f.signal_id = s.id) as feedback,
       (select jsonb_agg(jsonb_build_object('organisationId', c.organisation_id, 'listId', c.list_id, 'labels', c.labels,
           'severity', c.severity, 'incident', c.incident, 'reviewed', c.reviewed,
           'contributedAt', (extract(epoch from c.contributed_at) * 1000)::int8))
         from signal_contribution c where c.signal_id = s.id and c.state = 'standing' and c.withdrawn_at is null) as contributions
     from signal s where s.id = any($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toKnown(row)]));
}

const toKnown = (row: Row): KnownSignal => ({
  id: row.id,
  type: row.type,
  value: row.value,
  opinions: row.opinions ?? [],
  disputes: row.disputes ?? [],
  feedback: row.feedback ?? [],
  contributions: row.contributions ?? [],
});
