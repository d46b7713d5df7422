import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page } from '../../infra/http/paging';
import { Contributions } from './contributions.service';
import { isOfOwnSource, requireDispute, SELECT_DISPUTE, toDisputeView, type DisputeRow } from './dispute.queries';
import { appendChange, concerned, onLists, withAuthor } from './entries';
import type { DisputeQuery, DisputeView, DisputeWithSignal, ResolveDisputeDto } from './opinion.dto';
import { Retraction } from './retraction.service';
import { lockSignal, requireSignal } from './signal-view';

/**
 * Disputes about hashes: opened by an opinion or by the fall of an order, decided by a person of those who answer for the
 * lists, never by the one who disputes.
 */
@Injectable()
export class Disputes {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
    private readonly retraction: Retraction,
  ) {}

  list(actor: Actor, query: DisputeQuery): Promise<Page<DisputeView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<DisputeRow[]>(
        `${SELECT_DISPUTE} where ($1::text is null or d.state = $1) and ($2::uuid is null or d.signal_id = $2)
           and ($3::timestamptz is null or (d.opened_at, d.id) < ($3, $4::uuid)) order by d.opened_at desc, d.id desc limit $5`,
        [query.state ?? null, query.signal ?? null, after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        (row) => ({ at: row.opened_at, id: row.id }),
        (row) => toDisputeView(actor, row),
      );
    });
  }

  get(actor: Actor, id: string): Promise<DisputeWithSignal> {
    return this.work.read(actor, (tx) => withSignal(tx, actor, id));
  }

  /**
   * Upheld: what stands on the lists that the organisation answers for is retracted. Something that stands elsewhere keeps
   * the dispute open for those who answer for that. Rejected: the dispute ends and the opinion stays on record.
   */
  async resolve(actor: Actor, id: string, { outcome, note }: ResolveDisputeDto): Promise<DisputeWithSignal> {
    if (!actor.personId) throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await this.decide(tx, actor, id, { outcome, note }, at);
      return withSignal(tx, actor, id);
    });
    await this.contributions.told([view.signalId]);
    return view;
  }

  /** One of them, in the transaction of whoever asks. @returns the signal that it was about */
  async decide(tx: Tx, actor: Actor, id: string, { outcome, note }: ResolveDisputeDto, at: Date): Promise<string> {
    await lockSignal(tx, (await requireDispute(tx, id)).signal_id);
    const dispute = await requireDispute(tx, id);
    assertDecidable(actor, dispute, outcome);
    const about = onLists(dispute.signal_id, dispute.named);
    const audience = withAuthor(await concerned(tx, about), dispute.organisation_id);
    if (outcome === 'rejected') {
      await tx.query('select signal_reject_dispute($1, $2, $3)', [id, note, at]);
    } else {
      const which = { contributionIds: dispute.answered };
      await this.retraction.retract(tx, actor, which, 'dispute_upheld', at, note);
    }
    await appendChange(tx, {
      kind: 'signal.dispute-decided',
      actor,
      at,
      signals: [{ id: dispute.signal_id, type: dispute.signal_type }],
      lists: dispute.named,
      subjects: { dispute: id },
      dims: { outcome, reason: dispute.reason, isWhole: dispute.answers_for_all },
      shared: { note },
      audience,
    });
    return dispute.signal_id;
  }
}

function assertDecidable(actor: Actor, dispute: DisputeRow, outcome: ResolveDisputeDto['outcome']): void {
  if (dispute.state !== 'open') throw new DomainError('dispute.decided', { state: dispute.state });
  if (dispute.organisation_id === actor.organisationId) throw new DomainError('dispute.own');
  if (outcome === 'upheld' && isOfOwnSource(actor, dispute)) throw new DomainError('dispute.own');
  const answers = outcome === 'upheld' ? dispute.answered.length > 0 : dispute.judges_all;
  if (!answers) throw new DomainError('dispute.not-yours-to-decide');
}

async function withSignal(tx: Tx, actor: Actor, id: string): Promise<DisputeWithSignal> {
  const row = await requireDispute(tx, id);
  return { ...toDisputeView(actor, row), signal: await requireSignal(tx, row.signal_id) };
}
