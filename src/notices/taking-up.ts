import { steps } from '../domain/notice-lifecycle';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import type { NoticeClock } from './clock.entity';
import { entryOf, facts } from './notice-facts';
import { Notice } from './notice.entity';
import { receive } from './receiving';

/** A notice and its clock, both locked, and the instant at which they were: what was late while it waited counts as late. */
export interface Locked {
  readonly notice: Notice;
  readonly clock: NoticeClock | null;
  readonly at: Date;
}

/**
 * Takes every step up to `event` on the platform's side, each with its entry but for an answer's own, and returns the clock that
 * now exists: whoever acknowledges or answers what no channel has proved has received it.
 */
export async function takeUp(
  tx: Tx,
  actor: Actor,
  { notice, clock, at }: Locked,
  { event, receivedAt }: { event: 'acknowledge' | 'answer' | 'answer_part'; receivedAt: Date },
): Promise<NoticeClock> {
  let running = clock;
  for (const step of steps(notice.state, event)) {
    if (step.event === 'receive') running = await receive(tx, notice, { at: receivedAt, channel: 'answer', actor });
    else await takeStep(tx, actor, { notice, at }, step);
  }
  await noteWho(tx, actor, notice, at);
  if (!running) throw new Error('a received notice has a clock');
  return running;
}

/**
 * A person acknowledges what a machine had acknowledged, or the other way round: the notice was acknowledged before, and now by
 * the other, too. Returns whether it was that.
 */
export async function takeInHand(tx: Tx, actor: Actor, { notice, at }: Locked): Promise<boolean> {
  const byOther = actor.via === 'api-key' ? notice.humanAckAt : notice.systemAckAt;
  if (notice.state !== 'acknowledged' || !byOther || !(await noteWho(tx, actor, notice, at))) return false;
  await append(tx, entryOf(notice, { kind: 'notice.taken-in-hand', actor, at }));
  return true;
}

/** A machine's acknowledgement and a person's are two: only a person has looked at it. */
async function noteWho(tx: Tx, { via }: Actor, notice: Notice, at: Date): Promise<boolean> {
  const known = via === 'api-key' ? notice.systemAckAt : notice.humanAckAt;
  if (known || via === 'service') return false;
  const change = via === 'api-key' ? { systemAckAt: at } : { humanAckAt: at };
  await tx.update(Notice, { id: notice.id }, change);
  Object.assign(notice, change);
  return true;
}

async function takeStep(
  tx: Tx,
  actor: Actor,
  { notice, at }: Omit<Locked, 'clock'>,
  step: { readonly event: string; readonly to: Notice['state'] },
): Promise<void> {
  const isAcknowledged = step.event === 'acknowledge';
  const change = {
    state: step.to,
    version: notice.version + 1,
    ...(isAcknowledged ? { acknowledgedAt: at } : {}),
    ...(step.event === 'answer' ? { answeredAt: notice.answeredAt ?? at } : {}),
  };
  await tx.update(Notice, { id: notice.id }, change);
  Object.assign(notice, change);
  if (!isAcknowledged) return;
  const dims = facts('notice.acknowledged', { acknowledgedAt: at.toISOString() });
  await append(tx, entryOf(notice, { kind: 'notice.acknowledged', actor, at, dims: { ...dims } }));
}
