import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ProblemCode } from '../../domain/errors';
import { allot, quotaResetsAt, type TrustLimits } from '../../domain/signal-trust';
import type { QuarantineReason } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { countFrames, distinctUsable, judge, type AdmissionCandidate, type FrameHits, type Judged } from './judgement';
import { NegativeIndex } from './negative-index.service';
import { remembered } from './remembered';
import { standingOf, type Standing } from './standing';

export type { AdmissionCandidate } from './judgement';

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

/** Job that writes down, as the service, that a canary was hit; payload `quarantineId`, `reviewId`. */
export const CANARY_TASK = 'signal-canary';

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
    const frames = await this.framesOf(batch.candidates);
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal-quota:' || $1, 0))`, [actor.organisationId]);
    const decided = await remembered(tx, actor, batch);
    const judged = batch.candidates.map((candidate, index) =>
      judge(candidate, { hits: hits[index], frames: frames.get(index), decided: decided.get(index) }),
    );
    const hitCanary = judged.some((each) => each.kind === 'quarantine' && each.why === 'canary');
    if (hitCanary) await tx.query('select signal_distrust($1, $2)', [actor.organisationId, batch.at]);
    const standing = await standingOf(tx, actor, batch.at);
    const allotted = withinLimits(judged, standing, hitCanary, batch.at);
    await hold(tx, actor, batch, allotted, hitCanary);
    return allotted.map((each) => toVerdict(each, standing.limits));
  }

  /** What the frames of each video hit, by its place in the batch; those that matching looks at, each hash once. */
  private async framesOf(candidates: readonly AdmissionCandidate[]): Promise<Map<number, FrameHits>> {
    const found = new Map<number, FrameHits>();
    for (const [index, { frames }] of candidates.entries()) {
      if (!frames) continue;
      const hashes = distinctUsable(frames);
      const hits = await this.negatives.hitsOf(hashes.map((value) => ({ type: 'pdq', value })));
      found.set(index, countFrames(hits));
    }
    return found;
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
  return { kind: 'quarantine', reason: reasonOf(judged.why, judged.hits, limits) };
}

function reasonOf(why: QuarantineReason, hits: number, { hourlyFlood }: TrustLimits): string {
  if (why === 'flood' && hourlyFlood === 0) return 'the operator looks at all that your organisation contributes';
  if (why === 'flood') return `more than ${hourlyFlood} within an hour: the operator looks at the rest`;
  if (why === 'corpus') return `it would match ${hits} of a collection of harmless images`;
  if (why === 'dispute_upheld') return 'it was taken out of this list when a dispute about it was upheld';
  if (why === 'rejected') return 'the operator rejected it when your organisation contributed it before';
  if (why === 'rolled_back') return 'the operator took it back when your organisation had contributed it before';
  return 'the operator looks at it first';
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
