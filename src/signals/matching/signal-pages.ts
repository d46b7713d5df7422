import type { Tx } from '../../infra/database/work';
import type { PublicLabels } from '../../domain/signal-merge';
import { SIGNAL_HEX_LENGTH, type Severity, type SignalState, type SignalType } from '../../domain/vocabulary';
import type { Standing, Stand } from './known-signal';
import { uuidOf, type StandAt } from './signal-table';

/** One signal as a page holds it: views into the page's own memory. */
export interface PagedSignal {
  readonly type: SignalType;
  readonly id: Uint8Array;
  readonly value: Uint8Array;
  readonly standing: Standing;
  readonly contributions: readonly StandAt[];
  /** Of a video: its usable frames, 32 bytes each. */
  readonly frames: readonly Uint8Array[];
}

export interface SignalPage {
  readonly signals: readonly PagedSignal[];
  /** The last id in the order of ids; undefined at the end. */
  readonly last: string | undefined;
}

interface SignalGroup {
  readonly type: SignalType;
  readonly state: SignalState;
  readonly confirms: number;
  readonly disputes: number;
  readonly fed_confirmed: number;
  readonly fed_false: number;
  readonly fed_known: number;
  readonly confirmers: string[] | null;
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
const groups = (page: string): string => `
  select type, state, confirms, disputes, fed_confirmed, fed_false, fed_known, confirmers,
    string_agg(uuid_send(id) || decode(value, 'hex'), ''::bytea) as packed
  from (select s.*, (select array_agg(o.organisation_id order by o.organisation_id) from signal_opinion o
      where o.signal_id = s.id and o.opinion = 'confirm' and o.superseded_at is null) as confirmers from (${page}) s) g
  group by type, state, confirms, disputes, fed_confirmed, fed_false, fed_known, confirmers`;

const SIGNAL = 'id, type, value, state, confirms, disputes, fed_confirmed, fed_false, fed_known';

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
    groups(`select ${SIGNAL} from signal where id > $1 and id <= $2 and state <> 'withdrawn'`),
    range,
  );
  const said = await tx.query<StandGroup[]>(stands('signal_id > $1 and signal_id <= $2'), range);
  return { signals: await unpack(tx, signals, said), last: end.id };
}

/** As the worker: these signals, also those that were withdrawn. */
export async function readSignals(tx: Tx, ids: readonly string[]): Promise<readonly PagedSignal[]> {
  const signals = await tx.query<SignalGroup[]>(groups(`select ${SIGNAL} from signal where id = any($1)`), [ids]);
  const said = await tx.query<StandGroup[]>(stands('signal_id = any($1)'), [ids]);
  return unpack(tx, signals, said);
}

const ID_BYTES = 16;
const AT_BYTES = 8;

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
  frames: ReadonlyMap<string, Buffer[]>,
): PagedSignal[] {
  const { type, packed } = group;
  const standing: Standing = {
    state: group.state,
    confirms: group.confirms,
    confirmers: group.confirmers ?? [],
    disputes: group.disputes,
    fedConfirmed: group.fed_confirmed,
    fedFalse: group.fed_false,
    fedKnown: group.fed_known,
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
      frames: frames.get(key) ?? [],
    });
  }
  return found;
}

/** PDQ quality below which a frame says too little; as `usableFrames` of the perceptual folder. */
const LEAST_QUALITY = 50;

async function framesOf(tx: Tx, signals: readonly SignalGroup[]): Promise<Map<string, Buffer[]>> {
  const videos = signals.filter(({ type }) => type === 'vpdq');
  const frames = new Map<string, Buffer[]>();
  if (videos.length === 0) return frames;
  const ids = videos.flatMap(({ packed }) =>
    Array.from({ length: packed.length / 48 }, (_, at) => uuidOf(packed.subarray(at * 48, at * 48 + ID_BYTES))),
  );
  const rows = await tx.query<{ id: Buffer; packed: Buffer }[]>(
    `select uuid_send(signal_id) as id, string_agg(distinct decode(hash, 'hex'), ''::bytea) as packed from signal_frame
     where signal_id = any($1) and quality >= $2 group by signal_id`,
    [ids, LEAST_QUALITY],
  );
  for (const { id, packed } of rows) {
    const hashes = Array.from({ length: packed.length / 32 }, (_, at) => packed.subarray(at * 32, at * 32 + 32));
    frames.set(id.toString('latin1', 0, ID_BYTES), hashes);
  }
  return frames;
}
