import { onceEach } from './once-each';
import { api, bodyOf, newKey, post, type Schemas } from './wire';

export type Notice = Schemas['NoticeView'];
export type NoticeItem = Schemas['NoticeItemView'];
export type Clock = Schemas['ClockView'];
export type Delivery = Schemas['DeliveryView'];
/** What keeps a platform from acting (TCO Art 3(7), 3(8)); over when `endedAt` is there. */
export type Obstacle = Schemas['ObstacleView'];
export type DraftNotice = Schemas['DraftNoticeDto'];
export type FeedEntry = Schemas['FeedEntryView'];
export type Box = 'inbox' | 'sent';

export type ItemAnswer = Schemas['ItemAnswerDto'];

const PAGE = 200;
const MOST = 1000;

/**
 * Every notice of a box in one of these states, up to a thousand of each. The states are asked for one after another in the
 * order of a notice's life: one that moves on meanwhile is read twice, and never missed.
 */
export async function noticesIn(box: Box, states: readonly Notice['state'][]): Promise<readonly Notice[]> {
  const read: Notice[] = [];
  for (const state of states) read.push(...(await pagesOf(box, state)));
  return onceEach(read);
}

async function pagesOf(box: Box, state: Notice['state']): Promise<readonly Notice[]> {
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

type Verb = 'send' | 'undo' | 'acknowledge' | 'close' | 'withdraw' | 'impossible' | 'possible-again' | 'ask-clarification' | 'clarify' | 'non-compliance'; // prettier-ignore

/** One step of a notice. `version`: the one that was read; refused when it has changed since. */
export async function step(
  id: string,
  verb: Verb,
  body: { readonly version: number } & Readonly<Record<string, unknown>>,
): Promise<Notice> {
  const answer = await post(`/v1/notices/${id}/${verb}`, body, { headers: { 'idempotency-key': newKey() } });
  return (await answer.json()) as Notice;
}

/** `keepalive`: also when the page is being left. Browsers carry at most 64 KiB so. */
export async function answerItems(id: string, answers: readonly ItemAnswer[], keepalive = false): Promise<Notice> {
  const more = { keepalive, headers: { 'idempotency-key': newKey() } };
  return (await (await post(`/v1/notices/${id}/answer`, { answers }, more)).json()) as Notice;
}

/** What was done about being asked to put an item back. */
export const putBack = (id: string, itemId: string, body: Schemas['AnswerReinstatementDto']): Promise<Notice> =>
  bodyOf(api.POST('/v1/notices/{id}/items/{itemId}/reinstatement', { params: { path: { id, itemId } }, body }));
