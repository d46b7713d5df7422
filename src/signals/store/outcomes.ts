import { DomainError, type ProblemCode } from '../../domain/errors';
import type { Refusal } from './candidate';
import type { BatchAnswer } from './contribution.dto';
import type { Admitted } from './contribution-insert';

export interface ContributionResult {
  /** Position in the batch, from 0. */
  readonly index: number;
  readonly signalId?: string;
  readonly outcome: 'contributed' | 'already' | 'quarantined' | 'refused';
  readonly code?: ProblemCode;
  readonly detail?: string;
  readonly pointer?: string;
}

/** What became of each item of a batch; each is said exactly once. */
export class Outcomes {
  private readonly results = new Map<number, ContributionResult>();

  constructor(private readonly count: number) {}

  refuse(index: number, { code, detail, pointer }: Refusal): void {
    this.say({ index, outcome: 'refused', code, detail, ...(pointer === undefined ? {} : { pointer }) });
  }

  place({ index, signalId, heldBecause }: Admitted & { readonly index: number }, isNew: boolean): void {
    const outcome = heldBecause === null ? 'contributed' : 'quarantined';
    this.say({ index, signalId, outcome: isNew ? outcome : 'already' });
  }

  /** In the order of the items. */
  all(): ContributionResult[] {
    return Array.from({ length: this.count }, (_, index) => {
      const result = this.results.get(index);
      if (!result) throw new Error('nothing was said of an item');
      return result;
    });
  }

  private say(result: ContributionResult): void {
    if (this.results.has(result.index)) throw new Error('two things were said of an item');
    this.results.set(result.index, result);
  }
}

export function refused(result: ContributionResult | undefined): DomainError {
  const { code, pointer, detail = '' } = result ?? {};
  if (!code) return new DomainError('request.internal');
  return pointer === undefined ? new DomainError(code, { detail }) : new DomainError(code, {}, [{ pointer, detail }]);
}

export function toAnswer(
  results: readonly ContributionResult[],
  unread: readonly (Refusal & { index: number })[],
): BatchAnswer {
  const count = (outcome: ContributionResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const refusals = [
    ...unread,
    ...results.flatMap((r) => (r.code ? [{ ...r, code: r.code, detail: r.detail ?? '' }] : [])),
  ];
  return {
    contributed: count('contributed'),
    already: count('already'),
    quarantined: count('quarantined'),
    refused: refusals
      .map(({ index, code, detail, pointer }) => ({ index, code, detail, pointer: pointer ?? null }))
      .sort((a, b) => a.index - b.index),
  };
}
