import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { decisionDueAt, type ScrutinyOrigin } from '../../domain/scrutiny';
import type { Actor, Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import type { Notice } from '../notice.entity';
import { beginPeriod, closePeriod } from '../redress/periods';

interface Opening {
  readonly origin: ScrutinyOrigin;
  /** Of the content provider who asks. */
  readonly itemId?: string;
  readonly reasons: string;
  readonly at: Date;
  readonly actor: Actor | 'service';
}

/**
 * A cross-border order that stands: only such a one is scrutinised.
 * @throws DomainError `notice.not-an-order`, `scrutiny.not-cross-border`, `notice.illegal-transition`
 */
export function assertScrutinisable(notice: Notice): { readonly homeId: string; readonly copyAt: Date } {
  if (notice.kind !== 'removal_order') throw new DomainError('notice.not-an-order');
  if (!notice.homeAuthorityId) throw new DomainError('scrutiny.not-cross-border');
  const { state, sentAt } = notice;
  if (!sentAt || state === 'withdrawn' || state === 'annulled') {
    throw new DomainError('notice.illegal-transition', { state, event: 'annul' });
  }
  return { homeId: notice.homeAuthorityId, copyAt: sentAt };
}

/**
 * A scrutiny begins: record, entry, and the 72 hours in which it is decided.
 * @throws DomainError `scrutiny.exists`
 */
export async function openScrutiny(tx: Tx, notice: Notice, opening: Opening): Promise<string> {
  const { origin, itemId, reasons, at, actor } = opening;
  const { homeId, copyAt } = assertScrutinisable(notice);
  const dueAt = decisionDueAt(origin, { copyAt, requestedAt: at });
  const id = uuidv7();
  const opened = await tx.query<unknown[]>(
    `insert into scrutiny (id, notice_id, organisation_id, origin, item_id, state, reasons, opened_at, due_at)
     values ($1, $2, $3, $4, $5, 'open', $6, $7, $8) on conflict on constraint scrutiny_once do nothing returning id`,
    [id, notice.id, homeId, origin, itemId ?? null, reasons, at, dueAt],
  );
  if (opened.length === 0) throw new DomainError('scrutiny.exists', { origin });
  const dims = { scrutiny: id, origin, dueAt: dueAt.toISOString() };
  const about = itemId ? { itemId } : {};
  await append(tx, entryOf(notice, { kind: 'scrutiny.opened', actor, at, dims, shared: { reasons }, ...about }));
  if (origin === 'own_initiative') return id;
  // What was done in time leaves no end to be told.
  if (origin === 'provider') await closePeriod(tx, { noticeId: notice.id, kind: 'scrutiny_request' }, at);
  else await closePeriod(tx, { noticeId: notice.id, kind: 'scrutiny_request', ...subject(itemId) }, at);
  await beginPeriod(tx, {
    noticeId: notice.id,
    kind: 'scrutiny_decision',
    subjectId: id,
    startedAt: at,
    endsAt: dueAt,
  });
  return id;
}

const subject = (id: string | undefined): { subjectId?: string } => (id ? { subjectId: id } : {});
