import { v7 as uuidv7 } from 'uuid';
import type { Channel } from '../domain/vocabulary';
import type { Tx } from '../infra/database/work';
import type { DeliveredEvent } from '../notices/delivery-job';
import type { Notice } from '../notices/notice.entity';
import { Delivery } from './deliveries.entity';

interface Way {
  readonly channel: Channel;
  readonly endpointId: string | null;
}

/**
 * The channels of a platform in their order, written down when the delivery begins: what the platform changes later concerns
 * later notices. Its inbox is the last resort of everybody who can open one, declared or not.
 */
export async function plan(tx: Tx, notice: Notice, event: DeliveredEvent, at: Date): Promise<void> {
  if (await tx.existsBy(Delivery, { noticeId: notice.id, event })) return;
  const ways = await waysTo(tx, notice.recipientId);
  if (ways.length === 0) return;
  await tx.insert(
    Delivery,
    ways.map((way, index) => ({
      id: uuidv7(),
      noticeId: notice.id,
      senderId: notice.senderId,
      recipientId: notice.recipientId,
      event,
      ...way,
      position: index + 1,
      state: 'waiting' as const,
      createdAt: at,
    })),
  );
}

async function waysTo(tx: Tx, organisationId: string): Promise<Way[]> {
  const declared = await tx.query<Way[]>(
    `select c.channel, c.endpoint_id as "endpointId" from contact_point c
     where c.organisation_id = $1 and c.removed_at is null and c.confirmed_at is not null
     order by c.position, c.channel desc, c.created_at, c.id`,
    [organisationId],
  );
  if (declared.some((way) => way.channel === 'inbox')) return declared;
  const [reader] = await tx.query<{ has: boolean }[]>(`select has_reader($1) as has`, [organisationId]);
  return reader?.has ? [...declared, { channel: 'inbox', endpointId: null }] : declared;
}
