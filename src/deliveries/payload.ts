import type { EntityManager } from 'typeorm';
import { clockKindOf, HOUR_MS } from '../domain/clock';
import type { DeliveredEvent } from '../notices/delivery-job';
import { NoticeItem, type Notice } from '../notices/notice.entity';

interface Payload {
  readonly type: DeliveredEvent;
  /** When it happened; the instant of the attempt is in the header. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * What a platform's system reads. Only what was sent, which never changes, so that every repeat has the same bytes. There is no
 * instant at which the answer is due: the clock starts with the receipt that the answer to this very call proves.
 */
export async function payloadOf(tx: EntityManager, event: DeliveredEvent, notice: Notice): Promise<string> {
  const [sender] = await tx.query<{ name: string }[]>(`select name from organisation where id = $1`, [notice.senderId]);
  const common = {
    noticeId: notice.id,
    reference: notice.reference,
    kind: notice.kind,
    sender: { id: notice.senderId, name: sender?.name ?? null },
  };
  const at = event === 'notice.sent' ? notice.sentAt : notice.withdrawnAt;
  const rest = event === 'notice.sent' ? await sentData(tx, notice) : { reason: notice.withdrawalReason };
  const payload: Payload = {
    type: event,
    timestamp: (at ?? notice.createdAt).toISOString(),
    data: { ...common, ...rest },
  };
  return JSON.stringify(payload);
}

async function sentData(tx: EntityManager, notice: Notice): Promise<Record<string, unknown>> {
  const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
  return {
    category: notice.category,
    language: notice.language,
    grounds: notice.grounds,
    requestedAction: notice.requestedAction,
    items: items.map(({ itemId, kind, address, uploadedAt }) => ({
      itemId,
      kind,
      address,
      uploadedAt: uploadedAt?.toISOString() ?? null,
    })),
    clock: { kind: clockKindOf(notice.kind), startsAt: 'receipt', targetMs: HOUR_MS },
  };
}
