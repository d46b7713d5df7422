import { reviewedBefore } from '../../domain/signal-lifecycle';
import type { SignalType } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import { appendAll } from '../../ledger/append';
import { tell } from '../telling';

interface Asked {
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly type: SignalType;
}

/**
 * Asks the contributors of hashes that nobody has looked at for 24 months, once: an entry in their feed for each hash type,
 * and `GET /v1/signals?reviewDue=true` lists them. A hash stands until somebody ends it, also when nobody answers.
 */
export async function askForReviews(
  tx: Tx,
  now: Date,
  most: number,
): Promise<{ done: number; signalIds: readonly string[] }> {
  const [asked] = await tx.query<[Asked[], number]>(
    `update signal_contribution c set review_asked_at = $1 from signal s
     where s.id = c.signal_id and c.id in (
       select id from signal_contribution where state = 'standing' and coalesce(reviewed_at, contributed_at) <= $2
         and (review_asked_at is null or review_asked_at <= coalesce(reviewed_at, contributed_at))
       order by coalesce(reviewed_at, contributed_at), id limit $3 for update skip locked)
     returning c.signal_id, c.organisation_id, s.type`,
    [now, reviewedBefore(now), most],
  );
  const groups = [...Map.groupBy(asked, ({ organisation_id, type }) => `${organisation_id} ${type}`).values()];
  const entries = await appendAll(
    tx,
    groups.flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      return {
        kind: 'signal.review-due',
        actor: 'service' as const,
        at: now,
        subjects: group.length === 1 ? { signal: first.signal_id } : {},
        dims: { signalType: first.type, count: group.length },
        audience: [first.organisation_id],
      };
    }),
  );
  await tell(tx, 'signal.review-due', entries.map(({ id }) => id)); // prettier-ignore
  return { done: asked.length, signalIds: [] };
}
