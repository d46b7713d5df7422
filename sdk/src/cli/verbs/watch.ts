import type { Notice } from '../../notice-api';
import type { Clepsydra } from '../../clepsydra';
import { NetworkError, ProblemError } from '../../errors';
import { signedIn, type Context } from '../context';
import { clockFace, isOver, remainingMs, timeStyle, wasMissed } from '../describe';
import { EXIT, type ExitCode } from '../exit';
import { findNotice } from '../find-notice';
import type { Verb } from '../verb';

/** How often the notice is read even if the feed says nothing: soon at first, while the feed is being opened. */
const POLL_MS = [300, 1000, 2500, 5000] as const;
/** The clock's own fact is written within this time of the deadline. */
const TICK_MS = 400;
/** How often the face is drawn. */
const DRAW_MS = 250;

export interface WatchEvent {
  readonly event: 'notice' | 'answer' | 'mark' | 'fact';
  readonly at: string | null;
  readonly [detail: string]: unknown;
}

/** What is new in a notice since it was last read. */
export function changes(before: Notice | null, after: Notice): WatchEvent[] {
  const events: WatchEvent[] = [];
  const times: Partial<Record<Notice['state'], string | null>> = {
    sent: after.sentAt,
    received: after.receivedAt,
    acknowledged: after.acknowledgedAt,
    answered: after.answeredAt,
    withdrawn: after.withdrawnAt,
    closed: after.closedAt,
  };
  if (before?.state !== after.state)
    events.push({ event: 'notice', state: after.state, at: times[after.state] ?? null });
  for (const { mark, at } of after.clock?.marks ?? []) {
    if (!before?.clock?.marks?.some((known) => known.mark === mark)) events.push({ event: 'mark', mark, at });
  }
  for (const { itemId, answer } of after.items) {
    const known = before?.items.find((item) => item.itemId === itemId)?.answer;
    if (!answer || known?.answeredAt === answer.answeredAt) continue;
    events.push({ event: 'answer', itemId, ...answer, at: answer.answeredAt });
  }
  const fact = after.clock?.fact;
  if (fact && !before?.clock?.fact) events.push({ event: 'fact', fact: fact.kind, at: fact.at });
  return events;
}

/** How a watch ends, or null while there is something to wait for. A late word of a measure in time is no miss. */
export function outcomeOf(notice: Notice, toTheEnd: boolean): { outcome: string; code: ExitCode } | null {
  if (notice.state === 'withdrawn' || notice.state === 'annulled')
    return { outcome: notice.state, code: EXIT.withdrawn };
  const answers = notice.items.flatMap(({ answer }) => (answer ? [answer] : []));
  if (isOver(notice)) {
    if (answers.some(({ late }) => late === 'late')) return { outcome: 'answered late', code: EXIT.missed };
    if (answers.some(({ outcome }) => outcome === 'declined')) return { outcome: 'declined', code: EXIT.declined };
    return { outcome: 'answered in time', code: EXIT.ok };
  }
  if (wasMissed(notice) && !toTheEnd) return { outcome: 'missed', code: EXIT.missed };
  return null;
}

function lineOf(event: WatchEvent): string {
  const { outcome, reason, late, measureAt } = event;
  const words: Record<WatchEvent['event'], readonly unknown[]> = {
    notice: [event['state']],
    mark: [`minute ${String(event['mark'])} of the hour`],
    fact: [event['fact']],
    answer: [outcome, reason, typeof measureAt === 'string' && `measure ${measureAt}`, late !== 'in_time' && late],
  };
  const said = words[event.event].filter((word) => typeof word === 'string');
  return [event.at ?? '', ...said].join('  ').trim();
}

/** Wakes whoever waits whenever the feed has an entry about this notice. */
function wakeOnFeed(client: Clepsydra, noticeId: string, signal: AbortSignal, wake: () => void): void {
  const listen = async (): Promise<void> => {
    for await (const entry of client.feed.follow({ signal })) if (entry.subjects['notice'] === noticeId) wake();
  };
  // Without the feed (a key that may not read it) the poll alone is enough.
  void listen().catch(() => undefined);
}

class Bell {
  #ring: () => void = () => undefined;

  readonly ring = (): void => this.#ring();

  /** Resolves after `ms`, or sooner when it rings or the watch is over. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.#ring = done;
      if (signal.aborted) done();
    });
  }
}

function patience(round: number, notice: Notice, now: Date): number {
  const poll = POLL_MS[Math.min(round, POLL_MS.length - 1)] ?? 5000;
  const left = remainingMs(notice, now);
  return left === null || left < 0 ? poll : Math.min(poll, left + TICK_MS);
}

/** The notice as it is now; what it was when the server is not heard for a moment, because the hour runs on. */
async function reread(client: Clepsydra, notice: Notice): Promise<Notice> {
  try {
    return await client.notices.get(notice.id);
  } catch (error) {
    const passes = error instanceof NetworkError || (error instanceof ProblemError && error.status >= 500);
    if (!passes) throw error;
    return notice;
  }
}

function draw({ output }: Context, client: Clepsydra, notice: Notice): void {
  const now = client.wire.now();
  const left = remainingMs(notice, now);
  const face = left === null ? '--:--' : clockFace(left);
  const open = notice.items.filter(({ answer }) => answer === null).length;
  output.live(
    `${output.paint('bold', output.paint(timeStyle(notice, now), face))}  ${notice.reference}  ${notice.state}  ${open} of ${notice.items.length} open  ${notice.platform.name}`,
  );
}

async function watch(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const client = signedIn(context);
  const over = new AbortController();
  const until = AbortSignal.any([over.signal, context.interrupted]);
  const bell = new Bell();
  let notice = await findNotice(client, input.positionals[0] ?? '');
  let seen: Notice | null = null;
  wakeOnFeed(client, notice.id, until, bell.ring);
  const drawing = setInterval(() => draw(context, client, notice), DRAW_MS);
  try {
    for (let round = 0; ; round++) {
      for (const event of changes(seen, notice)) {
        output.live('');
        output.event({ noticeId: notice.id, reference: notice.reference, ...event }, () => [lineOf(event)]);
      }
      seen = notice;
      const end = outcomeOf(notice, input.flag('to-the-end'));
      if (end) {
        output.live('');
        output.event({ event: 'end', noticeId: notice.id, outcome: end.outcome, exitCode: end.code }, () => [
          end.outcome,
        ]);
        return end.code;
      }
      if (context.interrupted.aborted) return EXIT.interrupted;
      await bell.wait(patience(round, notice, client.wire.now()), until);
      notice = context.interrupted.aborted ? notice : await reread(client, notice);
    }
  } finally {
    clearInterval(drawing);
    over.abort();
  }
}

export const WATCH_VERBS: readonly Verb[] = [
  {
    name: 'watch',
    summary: 'Watch the hour of a notice run, until it is answered or over',
    args: '<notice>',
    positionals: [1, 1],
    options: { 'to-the-end': { type: 'flag', help: 'Go on after the hour, until the notice is answered' } },
    notes: [
      'Ends with 0 when every item was answered in time, 6 when the hour passed, 7 when an item was declined, 8 when the notice was withdrawn. With --json each event is one line.',
    ],
    examples: ['clepsydra watch R-2026-000017', 'clepsydra watch R-2026-000017 --json || echo "exit code $?"'],
    run: watch,
  },
];
