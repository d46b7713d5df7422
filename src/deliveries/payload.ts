import type { Tx } from '../infra/database/work';
import { clockKindOf } from '../domain/clock';
import { termsOf } from '../notices/clocks';
import type { DeliveredEvent } from '../notices/delivery-job';
import { NoticeItem, type Notice } from '../notices/notice.entity';
import { ordersOf } from '../notices/orders/order.view';
import { signedFormOf } from '../notices/orders/signing.service';

type Data = Readonly<Record<string, unknown>>;

interface Told {
  /** When it happened; the instant of the attempt is in the header. */
  readonly at: Date | null;
  readonly data: Data;
}

interface Payload {
  readonly type: DeliveredEvent;
  readonly timestamp: string;
  readonly data: Data;
}

/** What each event says beyond which notice it is about. `subjectId`: which of several events of one kind. */
const TELLS: Readonly<
  Record<DeliveredEvent, (tx: Tx, notice: Notice, subjectId: string | null) => Promise<Told> | Told>
> = {
  'notice.sent': async (tx, notice) => ({ at: notice.sentAt, data: await sentData(tx, notice) }),
  'notice.withdrawn': (_tx, notice) => ({ at: notice.withdrawnAt, data: { reason: notice.withdrawalReason } }),
  'notice.annulled': (_tx, notice) => ({ at: notice.annulledAt, data: { ground: notice.annulmentGround } }),
  'notice.clarified': (tx, notice, subjectId) => clarifiedData(tx, notice, subjectId),
};

/**
 * What a platform's system reads. Only what was sent, which never changes, so that every repeat has the same bytes. There is no
 * instant at which the answer is due: the clock starts with the receipt that the answer to this very call proves.
 */
export async function payloadOf(
  tx: Tx,
  event: DeliveredEvent,
  notice: Notice,
  subjectId: string | null,
): Promise<string> {
  const common = {
    noticeId: notice.id,
    reference: notice.reference,
    kind: notice.kind,
    sender: { id: notice.senderId, name: await authorityOf(tx, notice) },
  };
  const { at, data } = await TELLS[event](tx, notice, subjectId);
  const timestamp = (at ?? notice.createdAt).toISOString();
  const payload: Payload = { type: event, timestamp, data: { ...common, ...data } };
  return JSON.stringify(payload);
}

/** The body in whose name it goes out; never one of its people. */
export async function authorityOf(tx: Tx, notice: Notice): Promise<string | null> {
  const [sender] = await tx.query<{ name: string }[]>(`select name from organisation where id = $1`, [notice.senderId]);
  return sender?.name ?? null;
}

async function sentData(tx: Tx, notice: Notice): Promise<Data> {
  const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
  const { targetMs } = await termsOf(tx, notice);
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
    clock: { kind: clockKindOf(notice.kind), startsAt: 'receipt', targetMs },
    ...(notice.kind === 'removal_order' ? { order: await orderData(tx, notice) } : {}),
  };
}

/** The signed Annex I whole, so that whoever receives it needs nothing of us to check it, and what only its notice tells. */
async function orderData(tx: Tx, notice: Notice): Promise<Data> {
  const { form, kid, compact } = await signedFormOf(tx, notice.id);
  const stated = (await ordersOf(tx, [notice.id])).get(notice.id);
  return {
    form,
    kid,
    jws: compact,
    isEmergency: stated?.isEmergency ?? false,
    nonDisclosureUntil: stated?.nonDisclosureUntil ?? null,
  };
}

async function clarifiedData(tx: Tx, notice: Notice, subjectId: string | null): Promise<Told> {
  const [obstacle] = await tx.query<{ id: string; clarification: string | null; clarified_at: Date | null }[]>(
    `select id, clarification, clarified_at from notice_obstacle where notice_id = $1 and id = $2`,
    [notice.id, subjectId],
  );
  return {
    at: obstacle?.clarified_at ?? null,
    data: { obstacleId: obstacle?.id ?? null, clarification: obstacle?.clarification ?? null },
  };
}
