import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { requestContext } from '../../infra/context';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { countsAsReviewed } from './candidate';
import type { SignalView, WithdrawSignalDto } from './contribution.dto';
import { Contributions } from './contributions.service';
import { eraseTexts } from './erasure';
import { appendChange } from './entries';
import type { RetractedView, RetractDto } from './lifecycle.dto';
import { Retraction, type Which } from './retraction.service';
import { lockSignal, requireSignal } from './signal-view';

/** What an organisation does about contributions that it made or answers for. */
@Injectable()
export class Withdrawals {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
    private readonly retraction: Retraction,
  ) {}

  /** Takes one's own contribution back; a signal that nobody stands behind matches no more. */
  async withdraw(actor: Actor, id: string, { reason, listId }: WithdrawSignalDto): Promise<SignalView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await lockSignal(tx, id);
      await requireSignal(tx, id);
      const ids = await ownStanding(tx, actor, id, listId);
      if (ids.length === 0) throw new DomainError('signal.not-yours', { signalId: id });
      await this.retraction.retract(tx, actor, { contributionIds: ids }, 'withdrawn', at, reason);
      return requireSignal(tx, id);
    });
    await this.contributions.told([id]);
    return view;
  }

  /** The legal basis of one's own contributions fell: they end everywhere, and others who rely on them are told. */
  async retract(actor: Actor, dto: RetractDto): Promise<RetractedView> {
    const which = whichOf(dto);
    const at = this.clock.now();
    const { view, signalIds } = await this.work.run(actor, async (tx) => {
      const done = await this.retraction.retract(tx, actor, which, dto.ground, at, dto.note);
      if (done.contributions === 0) throw new DomainError('signal.nothing-to-end');
      const { contributions, tombstones, disputed } = done;
      return {
        view: { contributions, tombstones: [...tombstones], disputed: [...disputed] },
        signalIds: done.signalIds,
      };
    });
    await this.contributions.told(signalIds);
    return view;
  }

  /** One's own look again at a hash: it stands for another 24 months, and is provisional no more. */
  async review(actor: Actor, id: string, note: string | undefined): Promise<SignalView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      const { type, quality } = await requireSignal(tx, id);
      const ids = await ownStanding(tx, actor, id);
      if (ids.length === 0) throw new DomainError('signal.not-yours', { signalId: id });
      if (!countsAsReviewed({ type, ...(quality === null ? {} : { quality }) }))
        throw new DomainError('signal.low-quality', { detail: 'the quality of this PDQ is not known' });
      const [rows] = await tx.query<[{ list_id: string }[], number]>(
        `update signal_contribution set reviewed = true, reviewed_at = $2, expires_at = case when reviewed then expires_at end
         where id = any($1::uuid[]) returning list_id`,
        [ids, at],
      );
      await appendChange(tx, {
        kind: 'signal.reviewed',
        actor,
        at,
        signals: [{ id, type }],
        lists: rows.map((row) => row.list_id),
        internal: note ? { note } : undefined,
      });
      return requireSignal(tx, id);
    });
    await this.contributions.told([id]);
    return view;
  }

  /**
   * Erases what stands of a hash on the lists that the organisation answers for, with what was said of it. The value stays
   * for a while, so that whoever fetched it learns which one to drop.
   */
  async erase(actor: Actor, id: string, reason: string): Promise<SignalView> {
    const at = this.clock.now();
    // Before the second person is asked: what cannot be carried out is nobody's to agree to.
    await this.work.read(actor, async (tx) => {
      await requireSignal(tx, id);
      if (!(await isRepeat(tx))) await erasable(tx, actor, id);
    });
    const view = await this.work.run(actor, async (tx) => {
      await lockSignal(tx, id);
      await requireSignal(tx, id);
      const ids = await erasable(tx, actor, id);
      await this.retraction.retract(tx, actor, { contributionIds: ids }, 'erased', at, reason);
      await eraseTexts(tx, actor, id, at, reason);
      return requireSignal(tx, id);
    });
    // The first of the two people is answered with the question, and nothing has changed yet.
    if ('approval' in view) return view;
    await this.contributions.told([id]);
    return view;
  }
}

/** What is not erased yet on the lists that the organisation answers for. @throws DomainError `signal.nothing-to-end` */
async function erasable(tx: Tx, actor: Actor, signalId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select c.id from signal_contribution c join signal_list l on l.id = c.list_id
     where c.signal_id = $1 and c.state <> 'erased' and (l.owner_id = $2 or $3)`,
    [signalId, actor.organisationId, actor.organisationKind === 'operator'],
  );
  if (rows.length === 0) throw new DomainError('signal.nothing-to-end', { signalId });
  return rows.map(({ id }) => id);
}

/** The request was answered before, and is to be answered so again. */
async function isRepeat(tx: Tx): Promise<boolean> {
  const key = requestContext()?.idempotency?.key;
  if (key === undefined) return false;
  const rows = await tx.query<unknown[]>('select 1 from idempotency_key where key = $1', [key]);
  return rows.length > 0;
}

async function ownStanding(tx: Tx, actor: Actor, signalId: string, listId?: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select id from signal_contribution where signal_id = $1 and organisation_id = $2 and withdrawn_at is null and ($3::uuid is null or list_id = $3)`,
    [signalId, actor.organisationId, listId ?? null],
  );
  return rows.map(({ id }) => id);
}

function whichOf({ caseId, exhibitId, noticeId }: RetractDto): Which {
  const given = [caseId && { caseId }, exhibitId && { exhibitId }, noticeId && { noticeId }].filter((one) => one);
  const [which] = given;
  if (!which || given.length > 1) {
    throw new DomainError('request.invalid', {}, [
      { pointer: '', detail: 'name one of caseId, exhibitId and noticeId' },
    ]);
  }
  return which;
}
