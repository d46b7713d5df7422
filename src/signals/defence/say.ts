import { DomainError } from '../../domain/errors';
import { opinionLimitsOf, quotaDay, quotaResetsAt, type OpinionLimits } from '../../domain/signal-trust';
import type { Actor, Tx } from '../../infra/database/work';
import { HOUR_MS, trustIn } from './standing';

interface Said {
  readonly disputes_today: number;
  readonly disputes_hour: number;
  readonly opinions_today: number;
  readonly opinions_hour: number;
}

/**
 * One more opinion of the actor's organisation about a hash: asked before it is recorded, in its transaction. Sayings of one
 * organisation take turns until that ends, so that two at once cannot both be the last.
 * @throws DomainError `signal.quota-spent` with what is left and when it begins anew
 */
export async function assertMaySay(tx: Tx, actor: Actor, what: 'dispute' | 'opinion', at: Date): Promise<void> {
  const { limit, today, lastHour } = await standingOf(tx, actor, what, at);
  const name = what === 'dispute' ? 'disputes' : 'opinions';
  if (today >= limit.daily) {
    const detail = `the ${limit.daily} ${name} of this day are spent`;
    throw new DomainError('signal.quota-spent', { detail, left: 0, resetsAt: quotaResetsAt(at).toISOString() });
  }
  if (lastHour >= limit.hourly) {
    const detail = `${limit.hourly} ${name} within an hour are the most: state the next one later`;
    throw new DomainError('signal.quota-spent', { detail, left: limit.daily - today });
  }
}

/**
 * How many disputes the actor's organisation may open now, whoever brings them up for it. Sayings of it take turns from here.
 */
export async function disputesLeft(tx: Tx, actor: Actor, at: Date): Promise<number> {
  const { limit, today, lastHour } = await standingOf(tx, actor, 'dispute', at);
  return Math.max(0, Math.min(limit.daily - today, limit.hourly - lastHour));
}

interface SayStanding {
  readonly limit: OpinionLimits['disputes'];
  readonly today: number;
  readonly lastHour: number;
}

async function standingOf(tx: Tx, actor: Actor, what: 'dispute' | 'opinion', at: Date): Promise<SayStanding> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal-said:' || $1, 0))`, [actor.organisationId]);
  const [said] = await tx.query<Said[]>('select * from signal_said($1, $2, $3)', [
    actor.organisationId,
    quotaDay(at),
    new Date(at.getTime() - HOUR_MS),
  ]);
  const { disputes, opinions } = opinionLimitsOf(await trustIn(tx, actor));
  const [today = 0, lastHour = 0] =
    what === 'dispute' ? [said?.disputes_today, said?.disputes_hour] : [said?.opinions_today, said?.opinions_hour];
  return { limit: what === 'dispute' ? disputes : opinions, today, lastHour };
}
