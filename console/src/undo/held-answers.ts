import { answerItems, type ItemAnswer, type Notice } from '../notices-api';
import { serverNow } from '../server-clock';
import { t } from '../texts';
import { reasonOf } from '../wire';
import { makeStore } from './store';

/** Answers that a person has given and can still take back: they are held here and sent on when the time is over. */
export interface Held {
  readonly noticeId: string;
  readonly reference: string;
  /** In the order in which they were given; the last is taken back first. */
  readonly given: readonly (readonly ItemAnswer[])[];
  /** By this machine's clock. */
  readonly leavesAt: number;
  readonly failed: string | null;
}

export const HOLD_MS = 6_000;
/** An answer given in the last seconds is sent at once: second thoughts never cost the hour. */
const NEVER_NEARER_MS = 15_000;

export const held = makeStore<readonly Held[]>([]);
const timers = new Map<string, ReturnType<typeof setTimeout>>();
let afterSending: (notice: Notice) => void = () => undefined;

/** Who is told of the notice as it is after its answers were taken. */
export const onAnswered = (listener: (notice: Notice) => void): void => {
  afterSending = listener;
};

const replace = (noticeId: string, next: Held | null): void =>
  held.set([...held.get().filter((each) => each.noticeId !== noticeId), ...(next ? [next] : [])]);

const find = (noticeId: string): Held | undefined => held.get().find((each) => each.noticeId === noticeId);

/** The last answer to each item, of those held. */
export const lastOf = ({ given }: Pick<Held, 'given'>): readonly ItemAnswer[] => [
  ...new Map(given.flat().map((answer) => [answer.itemId, answer])).values(),
];

/** Holds these answers for some seconds, together with those that are held for the same notice already. */
export function hold(notice: Notice, answers: readonly ItemAnswer[]): void {
  const given = [...(find(notice.id)?.given ?? []), answers];
  const leavesAt = Date.now() + HOLD_MS;
  replace(notice.id, { noticeId: notice.id, reference: notice.reference, given, leavesAt, failed: null });
  clearTimeout(timers.get(notice.id));
  const due = notice.clock?.state === 'running' ? Date.parse(notice.clock.dueAt) - serverNow() : Infinity;
  const presses = due > 0 && due - HOLD_MS < NEVER_NEARER_MS;
  timers.set(
    notice.id,
    setTimeout(() => void sendOn(notice.id), presses ? 0 : HOLD_MS),
  );
}

/** Takes the last of them back. */
export function takeBack(noticeId: string): void {
  const found = find(noticeId);
  if (!found) return;
  const given = found.given.slice(0, -1);
  if (given.length === 0) clearTimeout(timers.get(noticeId));
  replace(noticeId, given.length === 0 ? null : { ...found, given });
}

export function drop(noticeId: string): void {
  clearTimeout(timers.get(noticeId));
  replace(noticeId, null);
}

/** Sends on what is held for a notice. What is refused stays, with why. */
export async function sendOn(noticeId: string, keepalive = false): Promise<void> {
  const found = find(noticeId);
  if (!found) return;
  clearTimeout(timers.get(noticeId));
  replace(noticeId, null);
  try {
    afterSending(await answerItems(noticeId, lastOf(found), keepalive));
  } catch (error) {
    // Answers given meanwhile stand beside those that did not go.
    const given = [...found.given, ...(find(noticeId)?.given ?? [])];
    replace(noticeId, { ...found, given, leavesAt: 0, failed: reasonOf(error, t.shell.unreachable) });
  }
}

/** Leaving the page is no second thought: what is held goes. */
export function sendAllOnLeaving(): () => void {
  const leave = (): void => {
    for (const { noticeId, failed } of held.get()) if (failed === null) void sendOn(noticeId, true);
  };
  window.addEventListener('pagehide', leave);
  return () => window.removeEventListener('pagehide', leave);
}
