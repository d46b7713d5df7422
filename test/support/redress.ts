import type { NoticeView } from '../../src/notices/notice.view';
import type { ContentNoticeView, NewReferenceView } from '../../src/notices/redress/content.dto';
import type { ScrutinyView } from '../../src/notices/scrutiny/scrutiny.dto';
import type { Answer, Person, World } from './app';
import { hostOf, sendOrder, type OrderCast } from './orders';
import { refer, removed } from './referral';

export const HOURS = 60 * 60_000;
export const DAYS = 24 * HOURS;
export const WEEKS = 7 * DAYS;

/** What an answer has to be for the story to go on. */
export async function done<T>(answer: Promise<Answer<T>>, status = 200): Promise<T> {
  const { status: actual, body } = await answer;
  if (actual !== status) throw new Error(`${actual} instead of ${status}: ${JSON.stringify(body)}`);
  return body;
}

export const itemOf = ({ items }: NoticeView): string => items[0]!.itemId;

/** An order that was sent and carried out, with its content preserved. */
export async function carriedOut(world: World, cast: OrderCast, more?: object): Promise<NoticeView> {
  const { id } = await sendOrder(cast, more);
  const sent = await done(cast.moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`));
  return takeDown(world, cast.moderator, sent);
}

export function takeDown(world: World, moderator: Person, { id, items }: NoticeView): Promise<NoticeView> {
  const answers = items.map(({ itemId }) => ({ ...removed(itemId, world.clock.now()), preservation: 'complete' }));
  return done(moderator.post<NoticeView>(`/v1/notices/${id}/answer`, { answers }));
}

/** A referral of the cast's unit that its platform followed. */
export async function followed(world: World, cast: OrderCast): Promise<NoticeView> {
  followedSerial += 1;
  const { id } = await refer(cast.analyst, [`https://${hostOf(cast)}/followed/${followedSerial}`]);
  const sent = await done(cast.moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`));
  return takeDown(world, cast.moderator, sent);
}
let followedSerial = 0;

/** Where the content provider of the first item reads. */
export async function referenceTo(cast: OrderCast, notice: NoticeView): Promise<string> {
  const path = `/v1/notices/${notice.id}/items/${itemOf(notice)}/reference`;
  return (await done(cast.moderator.post<NewReferenceView>(path), 201)).path;
}

export const told = (world: World, path: string): Promise<ContentNoticeView> =>
  done(world.anonymous<ContentNoticeView>(path));

export const REASONS = 'The order names an article of a newspaper that reports on an attack.';
export const EUROPOL = { channel: 'other', note: 'SIENA, message 2026-17' };

export const begin = (who: Person, id: string): Promise<Answer<ScrutinyView>> =>
  who.post<ScrutinyView>(`/v1/notices/${id}/scrutinies`, { reasons: REASONS });

export const ask = (who: Person, id: string): Promise<Answer<ScrutinyView>> =>
  who.post<ScrutinyView>(`/v1/notices/${id}/request-scrutiny`, { reasons: REASONS });

export const intend = (world: World, who: Person, id: string, ms = 4 * HOURS): Promise<Answer<ScrutinyView>> =>
  who.post<ScrutinyView>(`/v1/scrutinies/${id}/intend`, {
    reasons: REASONS,
    answerBy: new Date(world.clock.now().getTime() + ms).toISOString(),
  });

/** Two people of the home authority decide; what the second one was answered. */
export async function decide(
  [first, second]: readonly [Person, Person],
  id: string,
  outcome: 'infringement' | 'no_infringement',
): Promise<Answer<ScrutinyView>> {
  const body = { outcome, reasons: REASONS, europolCopy: EUROPOL };
  const asked = await first.post(`/v1/scrutinies/${id}/decide`, { ...body, reason: 'As discussed' });
  if (asked.status !== 202) throw new Error(`not asked: ${JSON.stringify(asked.body)}`);
  return second.post<ScrutinyView>(`/v1/scrutinies/${id}/decide`, body);
}

export interface Said {
  readonly kind: string;
  readonly at: Date;
  readonly audience: readonly string[];
  readonly dims: Record<string, unknown>;
}

/** What the ledger says of a notice, in its order. */
export async function said(world: World, noticeId: string): Promise<Said[]> {
  const { rows } = await world.sql.query<{ kind: string; at: Date; audience: string[]; bytes: Buffer }>(
    'select kind, at, audience, bytes from ledger_entry where notice_id = $1 order by id',
    [noticeId],
  );
  return rows.map(({ bytes, ...row }) => ({
    ...row,
    dims: (JSON.parse(bytes.toString('utf8')) as { dims: Record<string, unknown> }).dims,
  }));
}

export const kinds = async (world: World, noticeId: string): Promise<string[]> =>
  (await said(world, noticeId)).map(({ kind }) => kind);
