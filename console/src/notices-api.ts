import type { NoticeState } from '../../src/domain/notice-lifecycle';
import type { DeclineReason, ItemOutcome, PreservationState } from '../../src/domain/vocabulary';
import { api, bodyOf, newKey, post, type Schemas } from './wire';

export type Clock = Schemas['ClockView'];
export type Delivery = Schemas['DeliveryView'];
export type NoticeItem = Schemas['NoticeItemView'];
export type DraftNotice = Schemas['DraftNoticeDto'];
export type FeedEntry = Schemas['FeedEntryView'];
export type Notice = Omit<Schemas['NoticeView'], 'state'> & {
  readonly state: NoticeState;
  /** When it leaves, as long as it can be taken back. */
  readonly departsAt?: string | null;
};
export type Box = 'inbox' | 'sent';

export interface ItemAnswer {
  readonly itemId: string;
  readonly outcome: ItemOutcome;
  readonly measureAt?: string;
  readonly reason?: DeclineReason;
  readonly note?: string;
  readonly preservation?: PreservationState;
}

const PAGE = 200;
const MOST = 1000;

/** Every notice of a box in one of these states, newest first, up to a thousand of each. */
export async function noticesIn(box: Box, states: readonly NoticeState[]): Promise<readonly Notice[]> {
  return (await Promise.all(states.map((state) => pagesOf(box, state)))).flat();
}

async function pagesOf(box: Box, state: NoticeState): Promise<readonly Notice[]> {
  const found: Notice[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ box, state, limit: String(PAGE), ...(cursor ? { cursor } : {}) });
    const page: { items: readonly Notice[]; next: string | null } = await bodyOf(
      api.GET('/v1/notices', { params: { query: Object.fromEntries(query) } }),
    );
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && found.length < MOST);
  return found;
}

export const noticeOf = (id: string): Promise<Notice> =>
  bodyOf(api.GET('/v1/notices/{id}', { params: { path: { id } } }));

export const deliveriesOf = (id: string): Promise<readonly Delivery[]> =>
  bodyOf(api.GET('/v1/notices/{id}/deliveries', { params: { path: { id } } }));

export const draftNotice = (body: DraftNotice, key: string): Promise<Notice> =>
  bodyOf(api.POST('/v1/notices', { params: { header: { 'Idempotency-Key': key } }, body }));

type Verb = 'send' | 'undo' | 'acknowledge' | 'close' | 'withdraw';

/** One step of a notice. `version`: the one that was read; refused when it has changed since. */
export async function step(id: string, verb: Verb, body: { version: number; reason?: string }): Promise<Notice> {
  const answer = await post(`/v1/notices/${id}/${verb}`, body, { headers: { 'idempotency-key': newKey() } });
  return (await answer.json()) as Notice;
}

/** `keepalive`: also when the page is being left. Browsers carry at most 64 KiB so. */
export async function answerItems(id: string, answers: readonly ItemAnswer[], keepalive = false): Promise<Notice> {
  const more = { keepalive, headers: { 'idempotency-key': newKey() } };
  return (await (await post(`/v1/notices/${id}/answer`, { answers }, more)).json()) as Notice;
}
