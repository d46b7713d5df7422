import { Injectable } from '@nestjs/common';
import type { ProblemCode } from '../../domain/errors';
import type { SignalType } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';

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

/** Below this PDQ says little: what is contributed would match what has nothing to do with it. */
export const LEAST_QUALITY = 50;

/** Decides for every hash on its way into the shared database whether it may stand, waits for a person, or is refused. */
@Injectable()
export class Admission {
  admit(
    _tx: Tx,
    _actor: Actor,
    batch: { readonly listId: string; readonly at: Date; readonly candidates: readonly AdmissionCandidate[] },
  ): Promise<Verdict[]> {
    return Promise.resolve(batch.candidates.map(usable));
  }
}

/** A hash without information would match what has nothing to do with it. */
export function usable({ type, value, quality }: AdmissionCandidate): Verdict {
  if (type === 'pdq' && quality !== undefined && quality < LEAST_QUALITY)
    return {
      kind: 'refuse',
      code: 'signal.low-quality',
      detail: `the quality ${quality} is below ${LEAST_QUALITY}`,
    };
  const isPerceptual = type === 'pdq' || type === 'blockhash';
  if (isPerceptual ? /^(.)\1*$/.test(value) : /^(0+|f+)$/.test(value))
    return { kind: 'refuse', code: 'signal.low-quality', detail: 'a flat image, or no hash at all' };
  return { kind: 'admit' };
}
