import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ProblemCode } from '../../domain/errors';
import { allot, limitsOf, quotaDay, quotaResetsAt, startingLevel, type TrustLimits } from '../../domain/signal-trust';
import type { QuarantineReason, SignalType, TrustLevel } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { NegativeIndex } from './negative-index.service';
import type { NegativeHits } from './negative-set';

/** What is asked to stand, as far as admission looks at it. */
export interface AdmissionCandidate {
  readonly type: SignalType;
  readonly value: string;
  readonly quality?: number;
}

/** One for each candidate, in their order. */
export type Verdict =
  | { readonly kind: 'admit' }
  | { readonly kind: 'quarantine'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly code: ProblemCode; readonly detail: string };

export interface AdmissionBatch {
  readonly listId: string;
  readonly at: Date;
  readonly candidates: readonly AdmissionCandidate[];
}

/** Below this PDQ says little: what is contributed would match what has nothing to do with it. */
export const LEAST_QUALITY = 50;

/** Job that writes down, as the service, that a canary was hit; payload `quarantineId`, `reviewId`. */
export const CANARY_TASK = 'signal-canary';

const HOUR_MS = 3_600_000;

type Judged =
  | { readonly kind: 'admit' }
  | { readonly kind: 'quarantine'; readonly why: QuarantineReason; readonly hits: number }
  | { readonly kind: 'refuse'; readonly code: ProblemCode; readonly detail: string };

interface Standing {
  readonly limits: TrustLimits;
  readonly today: number;
  readonly lastHour: number;
}

/**
 * Decides for every hash on its way into the shared database whether it may stand, waits for a person, or is refused. Takes
 * part in the contributor's transaction, and makes two batches of one organisation take turns until it ends.
 */
@Injectable()
export class Admission {
  constructor(private readonly negatives: NegativeIndex) {}

  /** What the organisation contributed to this list already passes and is not counted again: sending a list twice costs nothing. */
  async admit(tx: Tx, actor: Actor, batch: AdmissionBatch): Promise<Verdict[]> {
    const isNew = await newOnes(tx, actor, batch);
    const asked = batch.candidates.filter((_, index) => isNew[index]);
    const decided = (await this.decide(tx, actor, { ...batch, candidates: asked })).values();
    return isNew.map((each) => (each ? (decided.next().value ?? { kind: 'admit' }) : { kind: 'admit' }));
  }

  private async decide(tx: Tx, actor: Actor, batch: AdmissionBatch): Promise<Verdict[]> {
    const hits = await this.negatives.hitsOf(batch.candidates);
    const judged = batch.candidates.map((candidate, index) => judge(candidate, hits[index]));
    const hitCanary = judged.some((each) => each.kind === 'quarantine' && each.why === 'canary');
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal-quota:' || $1, 0))`, [actor.organisationId]);
    if (hitCanary) await tx.query('select signal_distrust($1, $2)', [actor.organisationId, batch.at]);
    const standing = await standingOf(tx, actor, batch.at);
    const decided = withinLimits(judged, standing, hitCanary, batch.at);
    await hold(tx, actor, batch, decided, hitCanary);
    return decided.map((each) => toVerdict(each, standing.limits));
  }
}

/** Which candidates the organisation does not stand behind on this list yet. */
async function newOnes(tx: Tx, actor: Actor, batch: AdmissionBatch): Promise<boolean[]> {
  const rows = await tx.query<{ place: number }[]>(
    'select place from signal_standing_places($1, $2, $3::text[], $4::text[]) as place',
    [
      actor.organisationId,
      batch.listId,
      batch.candidates.map(({ type }) => type),
      batch.candidates.map(({ value }) => value),
    ],
  );
  const known = new Set(rows.map(({ place }) => place - 1));
  return batch.candidates.map((_, index) => !known.has(index));
}

/** A hash without information would match what has nothing to do with it. */
export function usable({ type, value, quality }: AdmissionCandidate): Verdict {
  if (type === 'pdq' && quality !== undefined && quality < LEAST_QUALITY)
    return { kind: 'refuse', code: 'signal.low-quality', detail: `the quality ${quality} is below ${LEAST_QUALITY}` };
  const isPerceptual = type === 'pdq' || type === 'blockhash';
  if (isPerceptual ? /^(.)\1*$/.test(value) : /^(0+|f+)$/.test(value))
    return { kind: 'refuse', code: 'signal.low-quality', detail: 'a flat image, or no hash at all' };
  return { kind: 'admit' };
}

function judge(candidate: AdmissionCandidate, hits: NegativeHits | undefined): Judged {
  const first = usable(candidate);
  if (first.kind === 'refuse') return first;
  // A canary comes first: that it was contributed at all is what has to be known.
  if (hits?.canary) return { kind: 'quarantine', why: 'canary', hits: 1 };
  if (hits?.harmless) {
    const { note, distance } = hits.harmless;
    const detail = distance === 0 ? `it is that of ${note}` : `${distance} bits differ from ${note}`;
    return { kind: 'refuse', code: 'signal.harmless', detail };
  }
  if (hits?.corpus) return { kind: 'quarantine', why: 'corpus', hits: hits.corpus };
  return { kind: 'admit' };
}

/** What the trust in the organisation leaves of it: the first stand, the next wait, the rest is refused. */
function withinLimits(judged: readonly Judged[], standing: Standing, hitCanary: boolean, at: Date): Judged[] {
  const { limits, today, lastHour } = standing;
  const asked = judged.filter(({ kind }) => kind !== 'refuse').length;
  const share = allot(limits, { today, lastHour }, asked);
  const left = Math.max(0, limits.dailyQuota - today - share.stand - share.wait);
  let taken = 0;
  return judged.map((each) => {
    if (each.kind === 'refuse') return each;
    taken++;
    // Kept also when the quota is spent: it is the evidence.
    if (each.kind === 'quarantine' && each.why === 'canary') return each;
    if (taken > share.stand + share.wait) {
      const detail = `the quota of ${limits.dailyQuota} a day is spent: ${left} left until ${quotaResetsAt(at).toISOString()}`;
      return { kind: 'refuse', code: 'signal.quota-spent', detail };
    }
    if (each.kind === 'quarantine') return each;
    if (hitCanary) return { kind: 'quarantine', why: 'with_canary', hits: 0 };
    return taken > share.stand ? { kind: 'quarantine', why: 'flood', hits: 0 } : each;
  });
}

/** Whoever reads that a canary was hit knows which hash it is: those who contribute are told that somebody looks at it. */
function toVerdict(judged: Judged, limits: TrustLimits): Verdict {
  if (judged.kind !== 'quarantine') return judged;
  const { why, hits } = judged;
  if (why === 'flood')
    return {
      kind: 'quarantine',
      reason: `more than ${limits.hourlyFlood} within an hour: the operator looks at the rest`,
    };
  if (why === 'corpus')
    return { kind: 'quarantine', reason: `it would match ${hits} of a collection of harmless images` };
  return { kind: 'quarantine', reason: 'the operator looks at it first' };
}

/**
 * Where the organisation stands. Contributions of any state count: withdrawing and contributing anew is no way round. They are
 * counted by the minute, so that the hour is between 59 and 60 minutes.
 */
async function standingOf(tx: Tx, actor: Actor, at: Date): Promise<Standing> {
  const [trust] = await tx.query<{ level: TrustLevel; daily_quota: number | null; hourly_flood: number | null }[]>(
    'select level, daily_quota, hourly_flood from signal_trust where organisation_id = $1',
    [actor.organisationId],
  );
  const limits = limitsOf({
    level: trust?.level ?? startingLevel(actor.organisationKind),
    dailyQuota: trust?.daily_quota ?? null,
    hourlyFlood: trust?.hourly_flood ?? null,
  });
  const hourAgo = new Date(at.getTime() - HOUR_MS);
  const [usage] = await tx.query<{ today: number; last_hour: number }[]>(
    `select coalesce(sum(contributed) filter (where minute >= $2), 0)::int as today,
       coalesce(sum(contributed) filter (where minute > $3), 0)::int as last_hour
     from signal_usage where organisation_id = $1 and minute >= least($2::timestamptz, $3::timestamptz)`,
    [actor.organisationId, quotaDay(at), hourAgo],
  );
  return { limits, today: usage?.today ?? 0, lastHour: usage?.last_hour ?? 0 };
}

/** Writes down what waits and why. By hash: the contributions themselves are yet to be written by whoever asked. */
async function hold(
  tx: Tx,
  actor: Actor,
  batch: AdmissionBatch,
  decided: readonly Judged[],
  hitCanary: boolean,
): Promise<void> {
  const items = new Map<string, { candidate: AdmissionCandidate; why: QuarantineReason; hits: number }>();
  for (const [index, judged] of decided.entries()) {
    const candidate = batch.candidates[index];
    if (judged.kind !== 'quarantine' || !candidate) continue;
    items.set(`${candidate.type}:${candidate.value}`, { candidate, why: judged.why, hits: judged.hits });
  }
  if (items.size === 0) return;
  const id = uuidv7();
  await tx.query('insert into signal_quarantine (id, organisation_id, made_at) values ($1, $2, $3)', [
    id,
    actor.organisationId,
    batch.at,
  ]);
  const rows = [...items.values()];
  await tx.query(
    `insert into signal_quarantine_item (id, quarantine_id, organisation_id, list_id, type, value, reason, hits)
     select i, $1, $2, $3, t, v, r, h from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::int[]) as given (i, t, v, r, h)`,
    [
      id,
      actor.organisationId,
      batch.listId,
      rows.map(() => uuidv7()),
      rows.map(({ candidate }) => candidate.type),
      rows.map(({ candidate }) => candidate.value),
      rows.map(({ why }) => why),
      rows.map(({ hits }) => hits),
    ],
  );
  // Only the service can write an entry that the contributor does not read.
  if (hitCanary) await addJob(tx, CANARY_TASK, { quarantineId: id, reviewId: uuidv7() });
}
