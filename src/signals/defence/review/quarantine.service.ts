import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { LedgerKind } from '../../../domain/ledger-kinds';
import type { QuarantineReason, SignalType } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { SignalIndex } from '../../matching/signal-index.service';
import { NegativeIndex } from '../negative-index.service';
import { appendChange } from '../../store/entries';
import { reopenDisputes } from '../../store/reopening';
import { Retraction } from '../../store/retraction.service';
import type {
  DecideQuarantineDto,
  QuarantineDecision,
  QuarantineItemView,
  QuarantineQuery,
  QuarantineView,
} from './defence.dto';
import { knownNow, listKnown } from './known-now';
import {
  findBatches,
  findWaiting,
  settle,
  settleReleased,
  undecidedElsewhere,
  type BatchRow,
  type WaitingRow,
} from './quarantine.queries';

/** One call decides on so many; the answer says how many still wait. */
const MOST = 50_000;

/** Reasons that say that it matches a negative. */
const IS_COLLISION: ReadonlySet<QuarantineReason> = new Set(['collision', 'corpus', 'canary']);

interface Moved {
  readonly contribution_id: string;
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly list_id: string;
  readonly type: SignalType;
}

/** What waits for the operator: contributions that a flood, a collision or a canary held back, or threw doubt on. */
@Injectable()
export class Quarantine {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly retraction: Retraction,
    private readonly index: SignalIndex,
    private readonly negatives: NegativeIndex,
  ) {}

  list(actor: Actor, query: QuarantineQuery): Promise<Page<QuarantineView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await findBatches(tx, { organisationId: query.organisationId }, after, query.limit + 1);
      return pageOf(rows, query.limit, (row) => ({ at: row.made_at, id: row.id }), toView);
    });
  }

  items(actor: Actor, id: string, query: PageQuery): Promise<Page<QuarantineItemView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      await requireBatch(tx, id);
      const rows = await findWaiting(tx, id, { limit: query.limit + 1, ...(after ? { afterItem: after.id } : {}) });
      return pageOf(rows, query.limit, (row) => ({ at: row.made_at, id: row.item_id }), toItem);
    });
  }

  /** What was listed for review and stands goes into quarantine: it matches no more until somebody has decided. */
  hold(actor: Actor, id: string, dto: DecideQuarantineDto): Promise<QuarantineDecision> {
    const at = this.clock.now();
    return this.decide(actor, id, dto, async (tx, waiting) => {
      const standing = waiting.filter(({ state }) => state === 'standing');
      return move(tx, actor, standing, { kind: 'signal.held', held: true, reason: dto.reason, at });
    });
  }

  /** They stand. Asked by one person of the operator and carried out by another. */
  release(actor: Actor, id: string, dto: { readonly reason: string }): Promise<QuarantineDecision> {
    const at = this.clock.now();
    return this.decide(actor, id, dto, async (tx, waiting) => {
      const held = waiting.filter(({ state }) => state === 'quarantined');
      // Whoever releases a collision knows of it. What was held for something else is compared once more.
      const unseen = held.filter(({ reason }) => !IS_COLLISION.has(reason));
      await listKnown(tx, await knownNow(tx, this.negatives, unseen), at);
      await settleReleased(tx, id, contributionsOf(waiting), dto.reason, at);
      const undecided = await undecidedElsewhere(tx, id, contributionsOf(held));
      const free = held.filter((row) => !undecided.has(row.contribution_id));
      return move(tx, actor, free, { kind: 'signal.released', held: false, reason: dto.reason, at });
    });
  }

  /** They end as retracted. */
  reject(actor: Actor, id: string, dto: DecideQuarantineDto): Promise<QuarantineDecision> {
    const at = this.clock.now();
    return this.decide(actor, id, dto, async (tx, waiting) => {
      const contributionIds = contributionsOf(waiting);
      await settle(tx, contributionIds, 'rejected', dto.reason, at);
      // What is only listed has to be held first: the database lets nobody reject what stands.
      await tx.query('select 1 from signal_hold_contributions($1::uuid[], true, $2)', [contributionIds, at]);
      const ended = await this.retraction.retract(tx, actor, { contributionIds }, 'rejected', at, dto.reason);
      return ended.signalIds;
    });
  }

  private async decide(
    actor: Actor,
    id: string,
    { contributionIds }: DecideQuarantineDto,
    act: (tx: Tx, waiting: readonly WaitingRow[]) => Promise<readonly string[]>,
  ): Promise<QuarantineDecision> {
    let touched: readonly string[] = [];
    const answer = await this.work.run(actor, async (tx) => {
      await requireBatch(tx, id);
      const waiting = await findWaiting(tx, id, { contributionIds, limit: MOST });
      if (waiting.length === 0) throw new DomainError('signal-quarantine.decided', { quarantineId: id });
      touched = await act(tx, waiting);
      const [left] = await findBatches(tx, { id }, null, 1);
      const undecided = await undecidedElsewhere(tx, id, contributionsOf(waiting));
      return { id, decided: waiting.length, waiting: left?.waiting ?? 0, elsewhere: undecided.size };
    });
    await this.index.touch(touched);
    return answer;
  }
}

/** Into quarantine or out of it, with an entry for each contributor. @returns the signals concerned */
export async function move(
  tx: Tx,
  actor: Actor,
  rows: readonly { readonly contribution_id: string }[],
  change: { readonly kind: LedgerKind; readonly held: boolean; readonly reason: string; readonly at: Date },
): Promise<string[]> {
  if (rows.length === 0) return [];
  const moved = await tx.query<Moved[]>('select * from signal_hold_contributions($1::uuid[], $2, $3)', [
    contributionsOf(rows),
    change.held,
    change.at,
  ]);
  for (const [organisationId, theirs] of Map.groupBy(moved, (row) => row.organisation_id)) {
    await appendChange(tx, {
      kind: change.kind,
      actor,
      at: change.at,
      signals: distinct(theirs),
      lists: [...new Set(theirs.map((row) => row.list_id))],
      shared: { reason: change.reason },
      audience: [organisationId],
    });
  }
  const back = change.held ? [] : moved.map((row) => ({ signalId: row.signal_id, listId: row.list_id }));
  await reopenDisputes(tx, actor, back, change.at);
  return distinct(moved).map(({ id }) => id);
}

const distinct = (moved: readonly Moved[]): { id: string; type: SignalType }[] => [
  ...new Map(moved.map((row) => [row.signal_id, { id: row.signal_id, type: row.type }])).values(),
];

const contributionsOf = (rows: readonly { readonly contribution_id: string }[]): string[] => [
  ...new Set(rows.map((row) => row.contribution_id)),
];

async function requireBatch(tx: Tx, id: string): Promise<void> {
  const found = await tx.query<unknown[]>('select 1 from signal_quarantine where id = $1', [id]);
  if (found.length === 0) throw new DomainError('request.not-found');
}

const toView = (row: BatchRow): QuarantineView => ({
  id: row.id,
  organisation: row.organisation_id ? { id: row.organisation_id, name: row.organisation_name ?? '' } : null,
  madeAt: row.made_at.toISOString(),
  waiting: row.waiting,
  reasons: row.reasons,
});

const toItem = (row: WaitingRow): QuarantineItemView => ({
  id: row.item_id,
  contributionId: row.contribution_id,
  signalId: row.signal_id,
  organisationId: row.organisation_id,
  listId: row.list_id,
  type: row.type,
  value: row.value,
  reason: row.reason,
  hits: row.hits,
  state: row.state,
  contributedAt: row.contributed_at.toISOString(),
});
