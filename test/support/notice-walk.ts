import { Departing } from '../../src/notices/departing';
import { Work } from '../../src/infra/database/work';
import type { NoticeState } from '../../src/domain/notice-lifecycle';
import type { NoticeItemView, NoticeView } from '../../src/notices/notice.view';
import { proveClarification } from '../../src/notices/obstacles';
import { proveReceipt } from '../../src/notices/receiving';
import { Ticker } from '../../src/notices/ticker';
import { voidReceipt } from '../../src/notices/voiding';
import { minutes, type Answer, type Person, type World } from './app';
import { sign, type OrderCast } from './orders';

/** What a walk can do next: a request of one side, or what a worker does. `n` chooses among the ways of doing it. */
export const MOVES = [
  'send', 'undo', 'depart', 'receive', 'receive', 'acknowledge', 'acknowledge', 'answer', 'answer', 'answer', 'impossible',
  'ask-clarification', 'ask-clarification', 'clarify', 'clarify', 'clarify', 'deliver-clarification', 'possible-again', 'withdraw', 'close',
  'preserve', 'preserve', 'delete-for-good', 'reinstate', 'reinstate', 'non-compliance', 'bounce', 'wait', 'wait', 'wait', 'wait', 'sign',
] as const; // prettier-ignore
export type Move = (typeof MOVES)[number];

export interface Step {
  readonly move: Move;
  readonly n: number;
}

/** The answer of a request, or null where a worker acted. */
export type Outcome = Answer | null;

export interface Walk {
  readonly world: World;
  readonly cast: OrderCast;
  readonly id: string;
}

const step = (move: Move, n = 0): Step => ({ move, n });

/** Where walks begin, so that each of them comes to something: `wait` with 3 is more than an hour. */
export const BEGINNINGS: readonly (readonly Step[])[] = [
  [step('send')],
  [step('send', 1), step('undo'), step('send', 1), step('wait'), step('depart'), step('receive'), step('bounce'), step('receive')],
  [step('send'), step('receive'), step('wait', 3), step('non-compliance'), step('answer', 9)],
  [step('send'), step('acknowledge'), step('ask-clarification'), step('clarify'), step('deliver-clarification')],
  [step('send'), step('answer'), step('preserve', 1), step('preserve', 0), step('withdraw'), step('reinstate', 1)],
  [step('send'), step('acknowledge'), step('wait', 2), step('impossible'), step('wait', 1), step('possible-again')],
]; // prettier-ignore

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

/** Of what an item may be answered as. */
function answerTo(item: NoticeItemView, { kind, receivedAt }: NoticeView, at: Date, n: number): object {
  const measureAt = at.toISOString();
  const ways: readonly object[] = [
    { outcome: 'removed', measureAt, preservation: 'outstanding' },
    { outcome: 'hidden', measureAt: receivedAt ?? measureAt },
    { outcome: 'already_gone' },
    kind === 'referral' ? { outcome: 'declined', reason: 'within_terms' } : { outcome: 'not_found' },
  ];
  return { itemId: item.itemId, ...pick(ways, n) };
}

/** Takes one step, allowed or not: what is refused is as much a part of the walk as what is done. */
export async function take({ world, cast, id }: Walk, { move, n }: Step, view: NoticeView): Promise<Outcome> {
  const now = world.clock.now();
  const at = (who: Person, path: string, body: object = {}): Promise<Outcome> =>
    who.post(`/v1/notices/${id}/${path}`, body);
  const asWorker = async (work: (tx: Parameters<Parameters<Work['asWorker']>[0]>[0]) => Promise<unknown>): Promise<null> => {
    await world.app.get(Work).asWorker(work);
    return null;
  }; // prettier-ignore
  const item = pick(view.items, n);
  const { analyst, supervisor, moderator } = cast;
  switch (move) {
    case 'send':
      return at(analyst, 'send', { undoSeconds: n % 2 ? 10 : 0 });
    case 'sign':
      return view.kind === 'removal_order' && view.order?.signedAt === null ? (await sign(cast, id), null) : null;
    case 'depart':
      await world.app.get(Departing).departDue(now);
      return null;
    case 'wait':
      world.clock.advance(pick([minutes(1), minutes(11), minutes(30), minutes(61)], n));
      await world.app.get(Ticker).tick(world.clock.now());
      return null;
    case 'receive':
      return asWorker((tx) => proveReceipt(tx, id, { at: now, channel: 'inbox', actor: 'service' }));
    case 'bounce':
      return view.receivedAt === null ? null : asWorker((tx) => voidReceipt(tx, id, { at: now, standing: null }));
    case 'deliver-clarification':
      return asWorker((tx) => proveClarification(tx, id, { at: now, actor: 'service' }));
    case 'answer': {
      const items = n % 3 === 0 ? view.items : [item];
      return at(moderator, 'answer', { answers: items.map((each, i) => answerTo(each, view, now, n + i)) });
    }
    case 'impossible':
      return at(moderator, 'impossible', { explanation: 'No power' });
    case 'ask-clarification':
      return at(moderator, 'ask-clarification', {
        ground: 'manifest_errors',
        explanation: 'Which',
        needed: 'The address',
      });
    case 'clarify':
      return at(analyst, 'clarify', { clarification: 'The third from the top' });
    case 'withdraw':
      return at(analyst, 'withdraw', { reason: 'A mistake' });
    case 'undo':
    case 'close':
      return at(analyst, move);
    case 'acknowledge':
    case 'possible-again':
      return at(moderator, move);
    case 'preserve':
      return at(moderator, `items/${item.itemId}/preservation`, { state: n % 2 ? 'complete' : 'failed' });
    case 'delete-for-good':
      return at(moderator, `items/${item.itemId}/delete-for-good`);
    case 'reinstate':
      return at(
        moderator,
        `items/${item.itemId}/reinstatement`,
        n % 2 ? { outcome: 'reinstated', doneAt: now.toISOString() } : { outcome: 'kept_under_terms', reason: 'Spam' },
      );
    default:
      return at(supervisor, move, { reasons: 'No measure within the hour' });
  }
}

const ENTERING: Readonly<Record<NoticeState, readonly string[]>> = {
  draft: ['notice.recalled'],
  leaving: ['notice.leaving'],
  sent: ['notice.sent', 'notice.receipt-voided'],
  received: ['notice.received'],
  acknowledged: ['notice.acknowledged'],
  answered: ['notice.answered'],
  closed: ['notice.closed'],
  withdrawn: ['notice.withdrawn'],
  annulled: ['notice.annulled'],
};

/** For each difference between two readings of a notice, the entries of which one must tell it. */
export function owedEntries(before: NoticeView, after: NoticeView): string[][] {
  const owed: string[][] = [];
  const tells = (condition: boolean, ...kinds: readonly string[]): void => {
    if (condition) owed.push([...kinds]);
  };
  tells(before.state !== after.state, ...ENTERING[after.state]);
  tells(before.receivedAt === null && after.receivedAt !== null, 'notice.received');
  tells(before.acknowledgedAt === null && after.acknowledgedAt !== null, 'notice.acknowledged');
  tells(before.humanAckAt === null && after.humanAckAt !== null, 'notice.acknowledged', 'notice.taken-in-hand');
  tells(before.nonComplianceAt !== after.nonComplianceAt, 'notice.non-compliance', 'notice.non-compliance-lifted');
  tells((before.order?.signedAt ?? null) !== (after.order?.signedAt ?? null), 'order.signed');
  const [was, is] = [before.clock, after.clock];
  tells(was?.run !== is?.run, 'clock.started', 'clock.restarted');
  tells(was?.state !== 'paused' && is?.state === 'paused', 'clock.paused');
  tells(was?.state !== 'stopped' && is?.state === 'stopped', 'clock.stopped');
  tells(was?.run === is?.run && !was?.fact && Boolean(is?.fact), 'clock.target-missed', 'clock.deadline-passed');
  const correction = is?.fact?.correction ?? null;
  tells(correction !== null && was?.fact?.correction !== correction, 'clock.late-feedback', 'clock.not-running');
  tells(was?.run === is?.run && (is?.marks.length ?? 0) > (was?.marks.length ?? 0), 'clock.mark', 'clock.target-missed', 'clock.deadline-passed'); // prettier-ignore
  tells(after.obstacles.length > before.obstacles.length, 'notice.impossible', 'notice.clarification-asked');
  for (const [i, obstacle] of after.obstacles.entries()) {
    const known = before.obstacles[i];
    tells(Boolean(known) && known?.clarifiedAt !== obstacle.clarifiedAt, 'notice.clarified');
    tells(Boolean(known) && known?.endedAt !== obstacle.endedAt, 'notice.possible-again', 'notice.answered', 'notice.withdrawn', 'notice.annulled'); // prettier-ignore
  }
  for (const [i, item] of after.items.entries()) {
    const known = before.items[i];
    tells(known?.answer?.revision !== item.answer?.revision, 'notice.answered');
    tells(known?.answer?.revision === item.answer?.revision && known?.answer?.late !== item.answer?.late, 'notice.timing-corrected'); // prettier-ignore
    tells(known?.preservation?.state !== item.preservation?.state, 'preservation.changed', 'notice.answered', 'item.deleted-for-good'); // prettier-ignore
    tells((known?.preservation?.deletedAt ?? null) !== (item.preservation?.deletedAt ?? null), 'item.deleted-for-good');
    tells(known?.reinstatement?.askedAt !== item.reinstatement?.askedAt, 'reinstatement.asked');
    tells((known?.reinstatement?.outcome ?? null) !== (item.reinstatement?.outcome ?? null), 'reinstatement.answered');
  }
  return owed;
}
