import type { ProblemCode } from '../../domain/errors';
import type { QuarantineReason, SignalType } from '../../domain/vocabulary';
import { isPerceptual } from '../../perceptual/match-radius';
import { PDQ_MIN_QUALITY } from '../../perceptual/pdq';
import { usableFrames } from '../../perceptual/vpdq';
import type { NegativeHits } from './negative-set';

/** What is asked to stand, as far as admission looks at it. */
export interface AdmissionCandidate {
  readonly type: SignalType;
  readonly value: string;
  readonly quality?: number;
  /** Of a video: PDQ of its frames. */
  readonly frames?: readonly { readonly hash: string; readonly quality: number }[];
}

export type Judged =
  | { readonly kind: 'admit' }
  | { readonly kind: 'quarantine'; readonly why: QuarantineReason; readonly hits: number }
  | { readonly kind: 'refuse'; readonly code: ProblemCode; readonly detail: string };

/** Of the distinct usable frames of one video, how many hit what. */
export interface FrameHits {
  readonly usable: number;
  readonly canary: number;
  readonly harmless: number;
  readonly corpus: number;
}

/** What is known of one candidate beside itself. */
export interface Evidence {
  readonly hits: NegativeHits | undefined;
  readonly frames: FrameHits | undefined;
  /** What people decided about this hash before. */
  readonly decided: QuarantineReason | undefined;
}

/**
 * Each bit of PDQ says whether a coefficient lies above the median of the 256, so that a picture has 128 ones, and fewer only
 * where coefficients tie, which takes a flat or drawn image. A quarter away from that is no hash of a picture; random bits
 * lie so far away once in 16,000.
 */
const ONES = { least: 96, most: 160 } as const;

/** A video most of whose frames are harmless is refused. Fewer wait: a video of such frames alone would match it (80 and 0 per cent). */
const HARMLESS_SHARE = 0.5;

/** A hash without information would match what has nothing to do with it. */
export function usable({ type, value, quality }: AdmissionCandidate): Judged {
  if (type === 'pdq' && quality !== undefined && quality < PDQ_MIN_QUALITY)
    return useless(`the quality ${quality} is below ${PDQ_MIN_QUALITY}`);
  if (isPerceptual(type) ? /^(.)\1*$/.test(value) : /^(0+|f+)$/.test(value))
    return useless('a flat image, or no hash at all');
  if (type === 'pdq' && !isBalanced(value))
    return useless(`PDQ of a picture has 128 ones of 256, and this ${onesOf(value)}`);
  return { kind: 'admit' };
}

const useless = (detail: string): Judged => ({ kind: 'refuse', code: 'signal.low-quality', detail });

function onesOf(hex: string): number {
  let ones = 0;
  for (let at = 0; at < hex.length; at += 8) {
    for (let rest = Number.parseInt(hex.slice(at, at + 8), 16); rest !== 0; rest &= rest - 1) ones++;
  }
  return ones;
}

function isBalanced(pdq: string): boolean {
  const ones = onesOf(pdq);
  return ones >= ONES.least && ones <= ONES.most;
}

/** The frames that matching looks at and that are of pictures, each hash once. */
export function distinctUsable(frames: NonNullable<AdmissionCandidate['frames']>): string[] {
  const numbered = frames.map(({ hash, quality }, frame) => ({ hash, quality, frame, atMs: 0 }));
  return usableFrames(numbered).flatMap(({ hash }) => (isBalanced(hash) ? [hash] : []));
}

export const countFrames = (hits: readonly NegativeHits[]): FrameHits => ({
  usable: hits.length,
  canary: hits.filter(({ canary }) => canary).length,
  harmless: hits.filter(({ harmless }) => harmless !== null).length,
  corpus: hits.filter(({ corpus }) => corpus > 0).length,
});

/** What one hash is by itself, whoever contributes it and how much. */
export function judge(candidate: AdmissionCandidate, { hits, frames, decided }: Evidence): Judged {
  const first = usable(candidate);
  if (first.kind === 'refuse') return first;
  // A canary comes first: that it was contributed at all is what has to be known.
  if (hits?.canary || frames?.canary) return { kind: 'quarantine', why: 'canary', hits: frames?.canary || 1 };
  if (frames?.usable === 0) return useless('no frame of this video says enough to be matched with');
  if (hits?.harmless) {
    const { note, distance } = hits.harmless;
    const detail = distance === 0 ? `it is that of ${note}` : `${distance} bits differ from ${note}`;
    return { kind: 'refuse', code: 'signal.harmless', detail };
  }
  if (frames && frames.harmless >= frames.usable * HARMLESS_SHARE) {
    const detail = `${frames.harmless} of the ${frames.usable} usable frames are those of harmless images`;
    return { kind: 'refuse', code: 'signal.harmless', detail };
  }
  if (decided) return { kind: 'quarantine', why: decided, hits: 0 };
  const resembled = (hits?.corpus ?? 0) + (frames ? frames.corpus + frames.harmless : 0);
  return resembled > 0 ? { kind: 'quarantine', why: 'corpus', hits: resembled } : { kind: 'admit' };
}
