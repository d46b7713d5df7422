import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { disputeDueAt, endedBy, ENTRY_OF_ENDING, EVENT_OF_GROUND } from '../../domain/signal-lifecycle';
import type { EndGround, SignalType } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { appendChange, concerned, onLists, type Touched } from './entries';

/** Which contributions. What names a case, an exhibit, a notice or a source means the actor's own; the service's means all. */
export type Which =
  | { readonly contributionIds: readonly string[] }
  | { readonly organisationId: string; readonly since?: Date }
  | { readonly caseId: string }
  | { readonly exhibitId: string }
  | { readonly noticeId: string }
  | { readonly sourceId: string; readonly signalIds?: readonly string[] };

export interface Retracted {
  /** Contributions that ended. */
  readonly contributions: number;
  /** Signals of these contributions, for `Contributions.told` after the commit. */
  readonly signalIds: readonly string[];
  /** Signals that nobody stands behind any more. */
  readonly tombstones: readonly string[];
  /** Signals that others stand behind and that are disputed now because the order fell. */
  readonly disputed: readonly string[];
  readonly entryIds: readonly string[];
}

interface Ended {
  readonly contribution_id: string;
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly list_id: string;
  readonly type: SignalType;
}

export interface Why {
  readonly ground: EndGround;
  readonly at: Date;
  /** In words; goes to everybody whose contribution ends. */
  readonly reason?: string;
}

/** Ends contributions on every ground there is. Who may end whose is asked in the database. */
@Injectable()
export class Retraction {
  async retract(
    tx: Tx,
    actor: Actor | 'service',
    which: Which,
    ground: EndGround,
    at: Date,
    reason?: string,
  ): Promise<Retracted> {
    const ids = 'contributionIds' in which ? which.contributionIds : await findContributions(tx, actor, which);
    const none = { contributions: 0, signalIds: [], tombstones: [], disputed: [], entryIds: [] };
    if (ids.length === 0) return none;
    const relays = await openRelays(tx, ids);
    const ended = await tx.query<Ended[]>('select * from signal_end_contributions($1::uuid[], $2, $3, $4, $5)', [
      ids,
      endedBy(ground),
      ground,
      at,
      reason ?? null,
    ]);
    if (ended.length === 0) return none;
    await sayRelaysEnded(tx, actor, relays, at);
    return record(tx, actor, ended, { ground, at, ...(reason === undefined ? {} : { reason }) });
  }
}

/** Says what ended, and opens disputes where an order fell that others acted upon as well. */
async function record(tx: Tx, actor: Actor | 'service', ended: readonly Ended[], why: Why): Promise<Retracted> {
  const signals = [...new Map(ended.map((row) => [row.signal_id, { id: row.signal_id, type: row.type }])).values()];
  const standing = await stillStanding(tx, signals);
  const tombstones = signals.flatMap(({ id }) => (standing.has(id) ? [] : [id]));
  const own = actor === 'service' ? undefined : actor.organisationId;
  const owners = [...new Set(ended.map((row) => row.organisation_id))];
  const said = why.reason === undefined ? undefined : { reason: why.reason };
  const isOwn = owners.every((id) => id === own);
  const entryIds = await appendChange(tx, {
    kind: ENTRY_OF_ENDING[EVENT_OF_GROUND[why.ground]],
    actor,
    at: why.at,
    signals,
    lists: [...new Set(ended.map((row) => row.list_id))],
    dims: { ground: why.ground, contributions: ended.length, tombstones: tombstones.length },
    ...(isOwn ? { internal: said } : { shared: said }),
    audience: owners,
  });
  const annulled = why.ground === 'order_annulled' ? signals : [];
  const disputed = await disputeAnnulled(tx, actor, annulled, why.at);
  return {
    contributions: ended.length,
    signalIds: signals.map(({ id }) => id),
    tombstones,
    disputed: disputed.ids,
    entryIds: [...entryIds, ...disputed.entryIds],
  };
}

/** Disputes that whoever made these contributions handed on from its sources. They end when nothing of it stands there any more. */
async function openRelays(tx: Tx, contributionIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select distinct d.id from signal_contribution c join signal_dispute d on d.signal_id = c.signal_id and d.relayed_by = c.organisation_id
     where c.id = any($1::uuid[]) and d.state = 'open' order by 1`,
    [contributionIds],
  );
  return rows.map(({ id }) => id);
}

/** To everybody concerned: whoever heard that a hash is disputed hears of the end of it. */
async function sayRelaysEnded(tx: Tx, actor: Actor | 'service', relays: readonly string[], at: Date): Promise<void> {
  if (relays.length === 0) return;
  const rows = await tx.query<(Touched & { lists: string[] })[]>(
    `select s.id, s.type, d.list_ids as lists from signal_dispute d join signal s on s.id = d.signal_id
     where d.id = any($1::uuid[]) and d.state = 'retracted' order by d.id`,
    [relays],
  );
  if (rows.length === 0) return;
  await appendChange(tx, {
    kind: 'signal.opinion-retracted',
    actor,
    at,
    signals: [...new Map(rows.map(({ id, type }) => [id, { id, type }])).values()],
    lists: [...new Set(rows.flatMap(({ lists }) => lists))],
    dims: { reason: null, because: 'nobody-answers' },
    audience: await concerned(
      tx,
      rows.flatMap(({ id, lists }) => onLists(id, lists)),
    ),
  });
}

async function findContributions(
  tx: Tx,
  actor: Actor | 'service',
  which: Exclude<Which, { contributionIds: readonly string[] }>,
): Promise<string[]> {
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = ['withdrawn_at is null'];
  if ('organisationId' in which) {
    conditions.push(`organisation_id = ${given(which.organisationId)}`);
    if (which.since) conditions.push(`contributed_at >= ${given(which.since)}`);
  } else {
    if ('caseId' in which) conditions.push(`case_id = ${given(which.caseId)}`);
    else if ('exhibitId' in which) conditions.push(`exhibit_id = ${given(which.exhibitId)}`);
    else if ('noticeId' in which) conditions.push(`notice_id = ${given(which.noticeId)}`);
    else {
      conditions.push(`source_id = ${given(which.sourceId)}`);
      if (which.signalIds) conditions.push(`signal_id = any(${given(which.signalIds)}::uuid[])`);
    }
    if (actor !== 'service') conditions.push(`organisation_id = ${given(actor.organisationId)}`);
  }
  const rows = await tx.query<{ id: string }[]>(
    `select id from signal_contribution where ${conditions.join(' and ')} order by id`,
    parameters,
  );
  return rows.map(({ id }) => id);
}

/** Those that somebody stands behind as far as the actor sees it: one that stands elsewhere alone is gone here. */
async function stillStanding(tx: Tx, signals: readonly Touched[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }[]>(
    `select distinct signal_id as id from signal_contribution where signal_id = any($1::uuid[]) and state = 'standing'`,
    [signals.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The others may have relied on the order that fell: a person has to say whether the hash stands without it. */
async function disputeAnnulled(
  tx: Tx,
  actor: Actor | 'service',
  signals: readonly Touched[],
  at: Date,
): Promise<{ ids: string[]; entryIds: string[] }> {
  if (signals.length === 0) return { ids: [], entryIds: [] };
  const opened = await tx.query<{ signal_id: string; list_id: string }[]>(
    'select * from signal_dispute_annulled($1::uuid[], $2::uuid[], $3, $4)',
    [signals.map(() => uuidv7()), signals.map(({ id }) => id), at, disputeDueAt(at)],
  );
  const disputed = new Set(opened.map((row) => row.signal_id));
  const ids = [...disputed];
  if (ids.length === 0) return { ids, entryIds: [] };
  const entryIds = await appendChange(tx, {
    kind: 'signal.disputed',
    actor,
    at,
    signals: signals.filter(({ id }) => disputed.has(id)),
    lists: [...new Set(opened.map((row) => row.list_id))],
    dims: { reason: 'order_annulled' },
    audience: await concerned(
      tx,
      opened.map((row) => ({ signalId: row.signal_id, listId: row.list_id })),
    ),
  });
  return { ids, entryIds };
}
