import type { Tx } from '../../infra/database/work';
import type { PublicLabels } from '../../domain/signal-merge';
import { SIGNAL_HEX_LENGTH, type Severity, type SignalType } from '../../domain/vocabulary';
import { PDQ_MIN_QUALITY } from '../../perceptual/pdq';
import type { Standing, Stand } from './known-signal';
import { uuidOf, type StandAt } from './signal-table';

/** One signal as a page holds it: views into the page's own memory. */
export interface PagedSignal {
  readonly type: SignalType;
  readonly id: Uint8Array;
  readonly value: Uint8Array;
  readonly standing: Standing;
  readonly contributions: readonly StandAt[];
  /** Of a video: its usable frames, 32 bytes each, one after the other. */
  readonly frames: Uint8Array;
}

export interface SignalPage {
  readonly signals: readonly PagedSignal[];
  /** The last id in the order of ids; undefined at the end. */
  readonly last: string | undefined;
}

interface SignalGroup {
  readonly type: SignalType;
  readonly opinions: Standing['opinions'] | null;
  readonly disputes: Standing['disputes'] | null;
  readonly feedback: Standing['feedback'] | null;
  readonly packed: Buffer;
}

interface StandGroup {
  readonly organisation_id: string;
  readonly list_id: string;
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly reviewed: boolean;
  readonly packed: Buffer;
}

// Signals that stand alike come as one row of packed bytes, and so do contributions that say the same: the driver then
// parses a few rows a page instead of twenty thousand.
const groups = (among: (column: string) => string, also = ''): string => `
  select type, opinions, disputes, feedback, string_agg(uuid_send(id) || decode(value, 'hex'), ''::bytea) as packed
  from (select s.id, s.type, s.value, o.opinions, d.disputes, f.feedback from signal s
    left join (select signal_id, jsonb_agg(jsonb_build_object('organisationId', organisation_id, 'opinion', opinion, 'listIds', list_ids)
        order by organisation_id) as opinions
      from signal_opinion where ${among('signal_id')} and superseded_at is null group by signal_id) o on o.signal_id = s.id
    left join (select signal_id, jsonb_agg(jsonb_build_object('organisationId', organisation_id, 'listIds', list_ids)
        order by organisation_id, list_ids) as disputes
      from signal_dispute where ${among('signal_id')} and state = 'open' group by signal_id) d on d.signal_id = s.id
    left join (select signal_id, jsonb_agg(jsonb_build_object('listIds', list_ids, 'confirmed', confirmed, 'false', wrong, 'alreadyKnown', known)
        order by list_ids) as feedback
      from (select signal_id, list_ids, count(*) filter (where verdict = 'confirmed') as confirmed,
          count(*) filter (where verdict = 'false') as wrong, count(*) filter (where verdict = 'already_known') as known
        from signal_feedback where ${among('signal_id')} and superseded_at is null group by signal_id, list_ids) counted
      group by signal_id) f on f.signal_id = s.id
    where ${among('s.id')} ${also}) g
  group by type, opinions, disputes, feedback`;

const stands = (where: string): string => `
  select organisation_id, list_id, labels, severity, incident, reviewed,
    string_agg(uuid_send(signal_id) || int8send((extract(epoch from contributed_at) * 1000)::int8), ''::bytea) as packed
  from signal_contribution where ${where} and withdrawn_at is null and state = 'standing'
  group by organisation_id, list_id, labels, severity, incident, reviewed`;

/** As the worker: the next page of what stands, in the order of ids. */
export async function nextPage(tx: Tx, after: string, limit: number): Promise<SignalPage> {
  const [end] = await tx.query<{ id: string }[]>(
    `select id from (select id from signal where id > $1 and state <> 'withdrawn' order by id limit $2) p order by id desc limit 1`,
    [after, limit],
  );
  if (!end) return { signals: [], last: undefined };
  const range = [after, end.id];
  const signals = await tx.query<SignalGroup[]>(
    groups((column) => `${column} > $1 and ${column} <= $2`, `and s.state <> 'withdrawn'`),
    range,
  );
  const said = await tx.query<StandGroup[]>(stands('signal_id > $1 and signal_id <= $2'), range);
  return { signals: await unpack(tx, signals, said), last: end.id };
}

/** As the worker: these signals, also those that were withdrawn. */
export async function readSignals(tx: Tx, ids: readonly string[]): Promise<readonly PagedSignal[]> {
  const signals = await tx.query<SignalGroup[]>(
    groups((column) => `${column} = any($1)`),
    [ids],
  );
  const said = await tx.query<StandGroup[]>(stands('signal_id = any($1)'), [ids]);
  return unpack(tx, signals, said);
}

const ID_BYTES = 16;
const AT_BYTES = 8;
const NO_FRAMES = new Uint8Array(0);

async function unpack(tx: Tx, signals: readonly SignalGroup[], said: readonly StandGroup[]): Promise<PagedSignal[]> {
  const contributions = new Map<string, StandAt[]>();
  for (const group of said) {
    const stand: Stand = {
      organisationId: group.organisation_id,
      listId: group.list_id,
      labels: group.labels,
      severity: group.severity,
      incident: group.incident,
      reviewed: group.reviewed,
    };
    for (let at = 0; at < group.packed.length; at += ID_BYTES + AT_BYTES) {
      const key = group.packed.toString('latin1', at, at + ID_BYTES);
      const each: StandAt = { stand, at: Number(group.packed.readBigInt64BE(at + ID_BYTES)) };
      const present = contributions.get(key);
      if (present) present.push(each);
      else contributions.set(key, [each]);
    }
  }
  const frames = await framesOf(tx, signals);
  return signals.flatMap((group) => unpackGroup(group, contributions, frames));
}

function unpackGroup(
  group: SignalGroup,
  contributions: ReadonlyMap<string, StandAt[]>,
  frames: ReadonlyMap<string, Buffer>,
): PagedSignal[] {
  const { type, packed } = group;
  const standing: Standing = {
    opinions: group.opinions ?? [],
    disputes: group.disputes ?? [],
    feedback: group.feedback ?? [],
  };
  const width = ID_BYTES + SIGNAL_HEX_LENGTH[type] / 2;
  const found: PagedSignal[] = [];
  for (let at = 0; at < packed.length; at += width) {
    const key = packed.toString('latin1', at, at + ID_BYTES);
    found.push({
      type,
      id: packed.subarray(at, at + ID_BYTES),
      value: packed.subarray(at + ID_BYTES, at + width),
      standing,
      contributions: contributions.get(key) ?? [],
      frames: frames.get(key) ?? NO_FRAMES,
    });
  }
  return found;
}

/** The frames that `usableFrames` of the perceptual folder keeps. */
async function framesOf(tx: Tx, signals: readonly SignalGroup[]): Promise<Map<string, Buffer>> {
  const videos = signals.filter(({ type }) => type === 'vpdq');
  const frames = new Map<string, Buffer>();
  if (videos.length === 0) return frames;
  const ids = videos.flatMap(({ packed }) =>
    Array.from({ length: packed.length / 48 }, (_, at) => uuidOf(packed.subarray(at * 48, at * 48 + ID_BYTES))),
  );
  const rows = await tx.query<{ id: Buffer; packed: Buffer }[]>(
    `select uuid_send(signal_id) as id, string_agg(distinct decode(hash, 'hex'), ''::bytea) as packed from signal_frame
     where signal_id = any($1) and quality >= $2 group by signal_id`,
    [ids, PDQ_MIN_QUALITY],
  );
  for (const { id, packed } of rows) frames.set(id.toString('latin1', 0, ID_BYTES), packed);
  return frames;
}
