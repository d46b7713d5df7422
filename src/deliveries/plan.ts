import { In } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Channel } from '../domain/vocabulary';
import type { Tx } from '../infra/database/work';
import type { DeliveredEvent } from '../notices/delivery-job';
import type { Notice } from '../notices/notice.entity';
import { Delivery, type ContactLanguage } from './deliveries.entity';
import { page } from './pagers/paging';
import { pageText } from './words';

interface Way {
  readonly channel: Channel;
  readonly endpointId: string | null;
  readonly contactId: string | null;
  readonly pagerId: string | null;
  readonly language: ContactLanguage | null;
}

interface Occasion {
  readonly event: DeliveredEvent;
  readonly subject: string | null;
  readonly at: Date;
}

/** A delivery that goes its own way, beside the others, has this place; those that are tried in order begin with one. */
export const BESIDE = 0;
const MINUTES_OF_ORDER = 60;

/** The rows of one event; `null` is equal to `null` here. */
export const ofEvent = (tx: Tx, noticeId: string, event: DeliveredEvent, subject: string | null): Promise<Delivery[]> =>
  tx
    .createQueryBuilder(Delivery, 'd')
    .where('d.noticeId = :noticeId and d.event = :event', { noticeId, event })
    .andWhere('d.subjectId is not distinct from :subject', { subject })
    .orderBy('d.position')
    .addOrderBy('d.id')
    .getMany();

/**
 * Writes down over which channels a platform is told, when the telling begins: what the platform changes later concerns later
 * notices. A notice is sent over its channels in their order; what comes after goes at once to every one that had the notice.
 * Returns the deliveries that go beside each other, each to be given a job of its own.
 */
export async function plan(tx: Tx, notice: Notice, occasion: Occasion): Promise<readonly Delivery[]> {
  const { event, subject } = occasion;
  if ((await ofEvent(tx, notice.id, event, subject)).length > 0) return [];
  const ways = await waysTo(tx, notice.recipientId);
  // Nobody is called for what was taken back before it was told.
  if (event !== 'notice.sent' || notice.state === 'sent') await callPagers(tx, notice, ways, occasion);
  const told = event === 'notice.sent' ? [] : await toldBefore(tx, notice.id);
  if (told.length > 0) return insert(tx, notice, told, occasion, () => BESIDE);
  await insert(tx, notice, ways.filter(isTried), occasion, (index) => index + 1);
  return [];
}

/** Everyone who had the notice could not be told what came after: the channels that are left are tried in their order. */
export async function planRest(tx: Tx, notice: Notice, occasion: Occasion): Promise<boolean> {
  const tried = await ofEvent(tx, notice.id, occasion.event, occasion.subject);
  const keys = new Set(tried.map(keyOf));
  const rest = (await waysTo(tx, notice.recipientId)).filter((way) => isTried(way) && !keys.has(keyOf(way)));
  const added = await insert(tx, notice, rest, occasion, (index) => tried.length + index + 1);
  return added.length > 0;
}

const keyOf = ({ channel, endpointId, contactId }: Pick<Way, 'channel' | 'endpointId' | 'contactId'>): string =>
  `${channel}:${endpointId ?? contactId ?? ''}`;

const isTried = ({ channel }: Way): boolean => channel !== 'pager';

/** The channels over which the notice itself was told or received. */
async function toldBefore(tx: Tx, noticeId: string): Promise<Way[]> {
  const before = await tx.find(Delivery, {
    where: { noticeId, event: 'notice.sent', state: In(['delivered', 'told']) },
    order: { position: 'asc' },
  });
  const isReceived = before.some(({ state }) => state === 'delivered');
  return before
    .filter(({ channel }) => channel !== 'pager' && (isReceived || channel !== 'inbox'))
    .map(({ channel, endpointId, contactId }) => ({ channel, endpointId, contactId, pagerId: null, language: null }));
}

async function insert(
  tx: Tx,
  notice: Notice,
  ways: readonly Way[],
  { event, subject, at }: Occasion,
  positionOf: (index: number) => number,
): Promise<Delivery[]> {
  const rows = ways.map(({ channel, endpointId, contactId }, index) => ({
    id: uuidv7(),
    noticeId: notice.id,
    senderId: notice.senderId,
    recipientId: notice.recipientId,
    event,
    subjectId: subject,
    channel,
    endpointId,
    contactId,
    position: positionOf(index),
    state: 'waiting' as const,
    createdAt: at,
  }));
  if (rows.length > 0) await tx.insert(Delivery, rows);
  return tx.create(Delivery, rows);
}

/** A pager proves nothing and is waited for by nobody: it is called when the telling begins, and told of as such. */
async function callPagers(
  tx: Tx,
  notice: Notice,
  ways: readonly Way[],
  { event, subject, at }: Occasion,
): Promise<void> {
  for (const { pagerId, contactId, language } of ways) {
    if (!pagerId) continue;
    const text = pageText({ event, kind: notice.kind }, MINUTES_OF_ORDER, language ?? 'en');
    const priority = notice.kind === 'removal_order' ? 'urgent' : 'normal';
    await page(tx, { pagerId }, { text, priority, key: `${notice.id}:${event}:${subject ?? ''}`, at });
    await tx.insert(Delivery, {
      id: uuidv7(),
      noticeId: notice.id,
      senderId: notice.senderId,
      recipientId: notice.recipientId,
      event,
      subjectId: subject,
      channel: 'pager',
      contactId,
      position: BESIDE,
      state: 'told',
      createdAt: at,
      begunAt: at,
      endedAt: at,
    });
  }
}

/**
 * In the order that the platform gave. Its inbox comes last where it was not declared, and shows the notice without proving that
 * anybody received it; an inbox that nobody can open is no way to anybody, declared or not.
 */
async function waysTo(tx: Tx, organisationId: string): Promise<Way[]> {
  const declared = await tx.query<Way[]>(
    `select c.channel, c.endpoint_id as "endpointId", c.id as "contactId", c.pager_id as "pagerId", c.language
     from contact_point c
     where c.organisation_id = $1 and c.removed_at is null and c.confirmed_at is not null
     order by c.position, c.channel desc, c.created_at, c.id`,
    [organisationId],
  );
  const [reader] = await tx.query<{ has: boolean }[]>(`select has_reader($1) as has`, [organisationId]);
  if (!reader?.has) return declared.filter(({ channel }) => channel !== 'inbox');
  if (declared.some(({ channel }) => channel === 'inbox')) return declared;
  return [...declared, { channel: 'inbox', endpointId: null, contactId: null, pagerId: null, language: null }];
}
