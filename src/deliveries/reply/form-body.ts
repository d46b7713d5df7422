import type { ProblemCode } from '../../domain/errors';
import {
  DECLINE_REASONS,
  ITEM_OUTCOMES,
  REINSTATEMENT_OUTCOMES,
  type DeclineReason,
  type ItemOutcome,
  type ReinstatementOutcome,
} from '../../domain/vocabulary';
import type { Texts } from './texts/en';

export type Fault = keyof Texts['faults'];

/** What a person can mend on the page; nothing was recorded. */
export class ReplyFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

/** What the rules refuse, in the words of the page. */
const FAULT_OF: Readonly<Partial<Record<ProblemCode, Fault>>> = {
  'notice.measure-in-future': 'future',
  'notice.measure-before-receipt': 'early',
  'notice.answered-meanwhile': 'overtaken',
  'notice.obstacle-open': 'obstacle',
  'notice.no-obstacle': 'obstacle',
  'notice.illegal-transition': 'state',
  'life-threat.basis': 'states',
  'reinstatement.instant': 'back',
  'reinstatement.not-asked': 'overtaken',
};
export const faultOf = (code: ProblemCode): Fault => FAULT_OF[code] ?? 'other';

export type Fields = Readonly<Record<string, string>>;

/** The fields of a form; whatever is not one text is left out. */
export function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' ? [[name, value.replaceAll('\0', '')]] : [],
    ),
  );
}

/** Items on one page: a form stays far under the bytes and members that an open route takes. */
export const ITEMS_ON_PAGE = 20;

/** The names of an item's fields, by its place on the page; `ALL` are those of every open item that has no choice of its own. */
export const ALL = 'All';
export const nameOf = (field: 'item' | 'seen' | 'choice' | 'measure' | 'reason', place: number | typeof ALL): string =>
  `${field}${place}`;

export interface Choice {
  readonly outcome: ItemOutcome;
  readonly reason: DeclineReason | null;
  /** As it was typed, in UTC; null: now. */
  readonly measure: string | null;
}
export interface ItemChoice extends Choice {
  readonly itemId: string;
  readonly afterRevision: number;
}

/** A choice is an outcome, or `declined:` with its reason. */
function choiceAt(fields: Fields, place: number | typeof ALL): Choice | null {
  const [chosen = '', because] = (fields[nameOf('choice', place)] ?? '').split(':');
  if (chosen === '') return null;
  const outcome = ITEM_OUTCOMES.find((one) => one === chosen);
  const reason = DECLINE_REASONS.find((one) => one === because) ?? null;
  if (!outcome || (because !== undefined && reason === null)) throw new ReplyFault('other');
  return { outcome, reason, measure: fields[nameOf('measure', place)]?.trim() || null };
}

/** What was chosen for each item of the page, and for all others. @throws ReplyFault */
export function choicesOf(fields: Fields): { readonly items: readonly ItemChoice[]; readonly all: Choice | null } {
  const items = Array.from({ length: ITEMS_ON_PAGE }, (_, place) => {
    const itemId = fields[nameOf('item', place)];
    const choice = itemId === undefined ? null : choiceAt(fields, place);
    if (itemId === undefined || !choice) return [];
    return [{ ...choice, itemId, afterRevision: Number.parseInt(fields[nameOf('seen', place)] ?? '', 10) || 0 }];
  }).flat();
  return { items, all: choiceAt(fields, ALL) };
}

export interface PutBack {
  readonly outcome: ReinstatementOutcome;
  /** When it was back, as it was typed, in UTC; null: now. */
  readonly done: string | null;
  readonly reason: string | null;
}

/** Of why an item is not put back, on one line of the page. */
export const MAX_REASON = 500;

function putBackAt(fields: Fields, place: number | typeof ALL): PutBack | null {
  const chosen = fields[nameOf('choice', place)] ?? '';
  if (chosen === '') return null;
  const outcome = REINSTATEMENT_OUTCOMES.find((one) => one === chosen);
  const reason = fields[nameOf('reason', place)]?.trim() || null;
  if (!outcome) throw new ReplyFault('other');
  if ((reason?.length ?? 0) > MAX_REASON) throw new ReplyFault('text');
  return { outcome, done: fields[nameOf('measure', place)]?.trim() || null, reason };
}

/** What became of each item of the page that was to be put back, and of all others. @throws ReplyFault */
export function putBacksOf(fields: Fields): {
  readonly items: readonly (PutBack & { readonly itemId: string })[];
  readonly all: PutBack | null;
} {
  const items = Array.from({ length: ITEMS_ON_PAGE }, (_, place) => {
    const itemId = fields[nameOf('item', place)];
    const putBack = itemId === undefined ? null : putBackAt(fields, place);
    return itemId !== undefined && putBack ? [{ ...putBack, itemId }] : [];
  }).flat();
  return { items, all: putBackAt(fields, ALL) };
}

const TYPED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;
const MINUTE_MS = 60_000;

/**
 * The instant that was typed, in UTC. A minute without seconds is its beginning; the minute of the receipt is the receipt, because
 * nothing was done because of a notice before it came.
 * @throws ReplyFault `time`
 */
export function instantOf(typed: string, receivedAt: Date): Date {
  const instant = TYPED.test(typed) ? new Date(`${typed}Z`) : new Date(Number.NaN);
  if (Number.isNaN(instant.getTime())) throw new ReplyFault('time');
  const isWholeMinute = typed.length === 'YYYY-MM-DDTHH:MM'.length;
  const sameMinute = Math.floor(receivedAt.getTime() / MINUTE_MS) * MINUTE_MS === instant.getTime();
  return isWholeMinute && sameMinute ? receivedAt : instant;
}

const MAX_TEXT = 10_000;

/** @throws ReplyFault `text` */
export function textOf(fields: Fields, name: string, { min = 1, max = MAX_TEXT } = {}): string {
  const text = fields[name]?.trim() ?? '';
  if (text.length < min || text.length > max) throw new ReplyFault('text');
  return text;
}

/** @throws ReplyFault `text` */
export function shortTextOf(fields: Fields, name: string): string | undefined {
  const text = fields[name]?.trim() ?? '';
  if (text.length > 200) throw new ReplyFault('text');
  return text === '' ? undefined : text;
}
