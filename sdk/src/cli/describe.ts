import type { Notice } from '../notice-api';
import { table, type Output } from './output';

const MINUTE_MS = 60_000;

/** `mm:ss` until the deadline, `-mm:ss` after it. */
export function clockFace(remainingMs: number): string {
  const seconds = Math.floor(Math.abs(remainingMs) / 1000);
  const face = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return remainingMs < 0 ? `-${face}` : face;
}

export const isOver = (notice: Notice): boolean =>
  ['answered', 'closed', 'withdrawn', 'annulled'].includes(notice.state);

/** Milliseconds to the deadline while the clock runs; null when there is none, or it has stopped. */
export function remainingMs(notice: Notice, now: Date): number | null {
  if (notice.clock?.state !== 'running' || isOver(notice)) return null;
  return Date.parse(notice.clock.dueAt) - now.getTime();
}

/** The hour passed, and no answer has shown since that everything had been dealt with in time. */
export const wasMissed = ({ clock }: Notice): boolean => clock?.fact != null && clock.fact.correctedAt === null;

function standing(notice: Notice): string {
  if (!notice.clock) return notice.state === 'sent' && notice.unreachedAt ? 'reached nobody' : '–';
  if (wasMissed(notice)) return 'past the hour';
  return notice.clock.state === 'paused' && !isOver(notice) ? 'halted' : 'stopped';
}

export const kindOf = ({ kind }: Notice): string => (kind === 'removal_order' ? 'order' : 'referral');

/** `51 min left`, `missed 3 min ago`, or how the clock stands. */
export function timeLeft(notice: Notice, now: Date): string {
  const left = remainingMs(notice, now);
  if (left === null) return standing(notice);
  if (left < 0) return `${Math.ceil(-left / MINUTE_MS)} min over`;
  return `${Math.floor(left / MINUTE_MS)} min left`;
}

export function timeStyle(notice: Notice, now: Date): 'green' | 'yellow' | 'red' | 'dim' {
  const left = remainingMs(notice, now);
  if (left === null) return wasMissed(notice) ? 'red' : 'dim';
  return left < 5 * MINUTE_MS ? 'red' : left < 35 * MINUTE_MS ? 'yellow' : 'green';
}

const outcomeOf = (item: Notice['items'][number]): string => {
  if (!item.answer) return 'open';
  const { outcome, reason, late } = item.answer;
  return [outcome, reason ? `(${reason})` : '', late && late !== 'in_time' ? `[${late}]` : '']
    .filter(Boolean)
    .join(' ');
};

export function noticeLines(notice: Notice, output: Output, now: Date): string[] {
  const facts: [string, string | null | undefined][] = [
    ['notice', `${notice.reference}  ${notice.id}`],
    ['kind', kindOf(notice)],
    ['state', `${output.paint('bold', notice.state)}  ${output.paint(timeStyle(notice, now), timeLeft(notice, now))}`],
    ['from', notice.sender.name],
    ['to', notice.platform.name],
    ['category', notice.category],
    ['signed', notice.order?.signedAt],
    ['sent', notice.sentAt],
    ['reached nobody', notice.unreachedAt],
    ['received', notice.receivedAt],
    ['acknowledged', notice.acknowledgedAt],
    ['due', notice.clock?.dueAt],
    [notice.clock?.fact?.kind ?? '', notice.clock?.fact?.at],
    ['corrected', notice.clock?.fact?.correctedAt],
    ['withdrawn', notice.withdrawalReason],
    ['annulled', notice.annulledAt],
    ['grounds', notice.grounds],
  ];
  const items = notice.items.map((item, index) => [
    `  ${index + 1}`,
    item.address,
    outcomeOf(item),
    item.answer?.measureAt ? `measure ${item.answer.measureAt}` : '',
    output.paint('dim', item.itemId),
  ]);
  return [...table(facts.filter(([, value]) => value !== null && value !== undefined)), 'items', ...table(items)];
}
