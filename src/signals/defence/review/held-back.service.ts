import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { SignalType } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { SignalIndex } from '../../matching/signal-index.service';
import { NegativeIndex } from '../negative-index.service';
import { appendChange } from '../../store/entries';
import { knownNow, type Waiting } from './known-now';
import type { HeldBackView, ReleaseHeldDto } from './held-back.dto';

interface HeldRow {
  readonly contribution_id: string;
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly contributed_at: Date;
}

/**
 * What was contributed again to a list after its owner had upheld a dispute about it: it waits in quarantine, and the owner
 * says whether it may come back. What the operator took out, the operator lets back in.
 */
@Injectable()
export class HeldBack {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly index: SignalIndex,
    private readonly negatives: NegativeIndex,
  ) {}

  list(actor: Actor, listId: string, query: PageQuery): Promise<Page<HeldBackView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      await requireOwn(tx, actor, listId);
      const rows = await tx.query<HeldRow[]>(
        `select * from signal_held_back($1) where $2::timestamptz is null or (contributed_at, contribution_id) < ($2, $3::uuid)
         order by contributed_at desc, contribution_id desc limit $4`,
        [listId, after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.contributed_at, id: row.contribution_id }), toView);
    });
  }

  async release(actor: Actor, listId: string, dto: ReleaseHeldDto): Promise<{ released: number }> {
    const at = this.clock.now();
    const touched = await this.work.run(actor, async (tx) => {
      await requireOwn(tx, actor, listId);
      const free = await this.freeOf(tx, listId, dto.contributionIds);
      const rows = await tx.query<HeldRow[]>('select * from signal_release_held($1, $2::uuid[], $3, $4)', [
        listId,
        free,
        dto.reason,
        at,
      ]);
      if (rows.length === 0) throw new DomainError('signal-quarantine.decided', { listId });
      for (const [organisationId, theirs] of Map.groupBy(rows, (row) => row.organisation_id)) {
        await appendChange(tx, {
          kind: 'signal.released',
          actor,
          at,
          signals: theirs.map((row) => ({ id: row.signal_id, type: row.type })),
          lists: [listId],
          dims: { list: listId },
          shared: { reason: dto.reason },
          audience: [organisationId],
        });
      }
      return rows.map((row) => row.signal_id);
    });
    await this.index.touch(touched);
    return { released: touched.length };
  }

  /** Those of them that match nothing known to be harmless by now; about the others the operator decides. */
  private async freeOf(tx: Tx, listId: string, contributionIds: readonly string[]): Promise<string[]> {
    const waiting = await tx.query<Waiting[]>(
      'select contribution_id, signal_id, organisation_id, type, value, $1::uuid as list_id from signal_held_back($1) where contribution_id = any($2::uuid[])',
      [listId, contributionIds],
    );
    const known = await knownNow(tx, this.negatives, waiting);
    return waiting.flatMap((row) => (known.has(row) ? [] : [row.contribution_id]));
  }
}

async function requireOwn(tx: Tx, actor: Actor, listId: string): Promise<void> {
  const [list] = await tx.query<{ owner_id: string | null }[]>('select owner_id from signal_list where id = $1', [
    listId,
  ]);
  if (!list) throw new DomainError('request.not-found');
  if (list.owner_id !== actor.organisationId) throw new DomainError('signal-list.not-owner', { listId });
}

const toView = (row: HeldRow): HeldBackView => ({
  contributionId: row.contribution_id,
  signalId: row.signal_id,
  organisationId: row.organisation_id,
  type: row.type,
  value: row.value,
  contributedAt: row.contributed_at.toISOString(),
});
