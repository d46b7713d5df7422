import { DomainError } from '../../domain/errors';
import { opinionLimitsOf, quotaDay, quotaResetsAt } from '../../domain/signal-trust';
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
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal-said:' || $1, 0))`, [actor.organisationId]);
  const [said] = await tx.query<Said[]>('select * from signal_said($1, $2, $3)', [
    actor.organisationId,
    quotaDay(at),
    new Date(at.getTime() - HOUR_MS),
  ]);
  const { disputes, opinions } = opinionLimitsOf(await trustIn(tx, actor));
  const limit = what === 'dispute' ? disputes : opinions;
  const today = (what === 'dispute' ? said?.disputes_today : said?.opinions_today) ?? 0;
  const lastHour = (what === 'dispute' ? said?.disputes_hour : said?.opinions_hour) ?? 0;
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
