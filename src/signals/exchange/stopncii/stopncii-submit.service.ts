import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { ClockSource } from '../../../infra/clock-source';
import { Work } from '../../../infra/database/work';
import { Contributions, type Candidate } from '../../store/contributions.service';
import type { Bearer } from '../credentials/credential';
import { ExchangeFeedback } from '../core/feedback.service';
import { badMember, sentIn } from '../core/sent';
import { readFeedback, readSubmitted } from './stopncii-records';

export interface SubmitAnswer {
  /** Records in the request. */
  readonly count: number;
  /** Records that say something new now, or had been said before. */
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly detail: string }[];
}

const MOST_RECORDS = 10_000;
/** Each is an act of its own in the ledger. */
const MOST_FEEDBACKS = 1_000;

@Injectable()
export class StopnciiSubmit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly contributions: Contributions,
    private readonly feedbacks: ExchangeFeedback,
  ) {}

  /** Hashes of a program: provisional, because nobody here knows whether a person looked at the items. */
  async submit(bearer: Bearer, body: unknown): Promise<SubmitAnswer> {
    const records = listOf(body, 'hashRecords', MOST_RECORDS);
    const { submitTo } = bearer;
    if (submitTo === null) throw new DomainError('exchange.verb-refused', { verb: 'submit' });
    const refused: { index: number; detail: string }[] = [];
    const taken: { index: number; item: Candidate }[] = [];
    records.forEach((record, index) => {
      const read = readSubmitted(record);
      if ('fault' in read) refused.push({ index, detail: read.fault });
      else if (read.verdict === 'not_blocked')
        refused.push({ index, detail: 'NotBlocked is said of a known hash, by SubmitFeedback' });
      else taken.push({ index, item: candidate(read) });
    });
    const touched = await this.work.run(bearer.actor, async (tx) => {
      if (taken.length === 0) return [];
      const { results } = await this.contributions.contributeMany(tx, bearer.actor, {
        listId: submitTo,
        at: this.clock.now(),
        reviewed: false,
        provenance: { protocol: 'stopncii' },
        items: taken.map(({ item }) => item),
      });
      for (const { index, outcome, detail, code } of results) {
        const at = taken[index];
        if (outcome === 'refused' && at) refused.push({ index: at.index, detail: detail ?? code ?? 'not taken' });
      }
      return results.flatMap(({ signalId }) => signalId ?? []);
    });
    await this.contributions.told(touched);
    return answer(records.length, refused);
  }

  /** What a platform found a match to be: Blocked confirms it, NotBlocked says it was false, the rest says nothing yet. */
  async feedback(bearer: Bearer, body: unknown): Promise<SubmitAnswer> {
    const records = listOf(body, 'hashFeedbacks', MOST_FEEDBACKS);
    const refused: { index: number; detail: string }[] = [];
    const said = records.flatMap((record, index) => {
      const read = readFeedback(record);
      if ('fault' in read) refused.push({ index, detail: read.fault });
      if ('fault' in read || read.verdict === 'none') return [];
      const verdict = read.verdict === 'blocked' ? ('confirmed' as const) : ('false' as const);
      const note = read.tags.length > 0 ? read.tags.join(', ').slice(0, 2_000) : undefined;
      return [{ index, value: read.value, types: null, verdict, ...(note === undefined ? {} : { note }) }];
    });
    for (const { index, error } of await this.feedbacks.give(bearer, said)) {
      const isUnknown = error.code === 'request.not-found';
      refused.push({ index, detail: isUnknown ? 'there is no such hash on your lists' : error.code });
    }
    return answer(records.length, refused);
  }
}

const candidate = (read: { type: Candidate['type']; value: string; tags: readonly string[] }): Candidate => ({
  type: read.type,
  value: read.value,
  labels: {},
  ...(read.tags.length > 0 ? { note: `tags: ${read.tags.join(', ').slice(0, 1_000)}` } : {}),
});

const answer = (count: number, refused: readonly { index: number; detail: string }[]): SubmitAnswer => ({
  count,
  accepted: count - refused.length,
  refused: refused.toSorted((a, b) => a.index - b.index),
});

function listOf(body: unknown, member: string, most: number): readonly unknown[] {
  const list = sentIn(body)[member];
  if (Array.isArray(list) && list.length <= most) return list;
  throw badMember(member, `a list of at most ${most} records`);
}
