import type { Tx } from '../infra/database/work';
import { NoticeClock } from '../notices/clock.entity';
import { NoticeItem, type Notice } from '../notices/notice.entity';
import type { Message, ReplyLinks } from './channel';
import type { ContactPoint, Delivery } from './deliveries.entity';
import { authorityOf, payloadOf } from './payload';
import { mailText } from './words';

interface Means {
  readonly links: ReplyLinks;
  /** The address of the installation. */
  readonly site: string;
}

/** What a delivery says over its channel: everything to a platform's own system, and nothing of the content to anybody else. */
export async function compose(
  tx: Tx,
  { delivery, notice, contact }: { delivery: Delivery; notice: Notice; contact: ContactPoint | null },
  { links, site }: Means,
): Promise<Message> {
  const { id, event, channel, subjectId } = delivery;
  if (channel === 'webhook') return { id, body: await payloadOf(tx, event, notice, subjectId) };
  if (channel !== 'mail') return { id, body: '' };
  const gist = {
    event,
    kind: notice.kind,
    reference: notice.reference,
    authority: (await authorityOf(tx, notice)) ?? '',
    items: await tx.countBy(NoticeItem, { noticeId: notice.id }),
    site,
    reply: await links.linkFor(tx, delivery),
    dueAt: await runningUntil(tx, notice),
  };
  const { subject, text } = mailText(gist, contact?.language ?? 'en');
  return { id, subject, body: text };
}

/** Of an order that the platform has had before, by another channel: the instant is the same for everybody. */
async function runningUntil(tx: Tx, { id, kind }: Notice): Promise<Date | null> {
  if (kind !== 'removal_order') return null;
  const clock = await tx.findOneBy(NoticeClock, { noticeId: id, state: 'running' });
  return clock?.dueAt ?? null;
}
