import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../domain/canonical';
import { DomainError, type ProblemCode } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { COMMON_LIST } from '../changes';
import { Admission } from '../defence/admission.service';
import { SignalIndex } from '../matching/signal-index.service';
import { candidateFault, isRefusal, readLine, type Candidate, type Refusal } from './candidate';
import { insertContributions, keyOf, makeSignals, type Admitted, type Placement } from './contribution-insert';
import { BatchAnswer, type ContributeBatchDto, type ContributeSignalDto, type SignalView } from './contribution.dto';
import { appendContributed } from './contribution-entries';
import { assertWritable } from './list-access';
import { requireSignal } from './signal-view';

export type { Candidate } from './candidate';

export interface ContributionBatch {
  readonly listId: string;
  readonly at: Date;
  /** Where they come from, for everybody who reads the list. */
  readonly provenance?: JsonObject;
  /** The subscription that brought them. */
  readonly sourceId?: string;
  /** A person looked at the items. Otherwise the contributions are provisional and end after thirty days. */
  readonly reviewed: boolean;
  readonly items: readonly Candidate[];
}

export interface ContributionResult {
  readonly index: number;
  readonly signalId?: string;
  readonly outcome: 'contributed' | 'already' | 'quarantined' | 'refused';
  readonly code?: ProblemCode;
  readonly detail?: string;
  readonly pointer?: string;
}

export interface Contributed {
  /** One for each item, in their order. */
  readonly results: readonly ContributionResult[];
  readonly entryIds: readonly string[];
}

/** Stands behind hashes. The same hash from several organisations is one signal with several contributions. */
@Injectable()
export class Contributions {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly admission: Admission,
    private readonly index: SignalIndex,
  ) {}

  async contribute(actor: Actor, dto: ContributeSignalDto): Promise<SignalView> {
    const { listId = COMMON_LIST, reviewed = isPerson(actor), ...candidate } = dto;
    const batch = { listId, at: this.clock.now(), reviewed, items: [candidate as Candidate] };
    const view = await this.work.run(actor, async (tx) => {
      const { results } = await this.contributeMany(tx, actor, batch);
      const [result] = results;
      if (!result?.signalId) throw refused(result);
      if (result.outcome === 'already')
        throw new DomainError('signal.contributed-already', { signalId: result.signalId });
      return requireSignal(tx, result.signalId);
    });
    await this.told([view.id]);
    return view;
  }

  /** Each line by itself: one that is refused says why, and the others stand. */
  async contributeBatch(actor: Actor, dto: ContributeBatchDto): Promise<BatchAnswer> {
    const { listId = COMMON_LIST, reviewed = isPerson(actor), labels = {}, severity, incident } = dto;
    const defaults = { labels, ...(severity ? { severity } : {}), ...(incident ? { incident } : {}) };
    const lines = dto.signals.map((line) => readLine(line, defaults));
    const taken = lines.flatMap((line, index) => (isRefusal(line) ? [] : [{ index, candidate: line }]));
    const unread = lines.flatMap((line, index) => (isRefusal(line) ? [{ index, ...line }] : []));
    const at = this.clock.now();
    const { answer, touched } = await this.work.run(actor, async (tx) => {
      const items = taken.map(({ candidate }) => candidate);
      const { results } = await this.contributeMany(tx, actor, { listId, at, reviewed, items });
      const placed = results.map((result) => ({ ...result, index: taken[result.index]?.index ?? result.index }));
      return { answer: toAnswer(placed, unread), touched: placed.flatMap(({ signalId }) => signalId ?? []) };
    });
    await this.told(touched);
    return answer;
  }

  /** For whoever has a transaction open; call `told` with the signals when it has been committed. */
  async contributeMany(tx: Tx, actor: Actor, batch: ContributionBatch): Promise<Contributed> {
    await assertWritable(tx, batch.listId);
    const results: (ContributionResult | undefined)[] = batch.items.map(() => undefined);
    const refuse = (index: number, { code, detail, pointer }: Refusal): void => {
      results[index] = { index, outcome: 'refused', code, detail, ...(pointer === undefined ? {} : { pointer }) };
    };
    const faults = await faultsOf(tx, batch);
    const sound = batch.items.flatMap((candidate, index) => {
      const fault = faults[index];
      if (fault) refuse(index, fault);
      return fault ? [] : [{ index, candidate }];
    });
    const verdicts = await this.admission.admit(tx, actor, {
      listId: batch.listId,
      at: batch.at,
      candidates: sound.map(({ candidate }) => candidate),
    });
    const admitted = sound.flatMap(({ index, candidate }, i) => {
      const verdict = verdicts[i];
      if (!verdict) throw new Error('a candidate without a verdict');
      if (verdict.kind === 'refuse') refuse(index, verdict);
      return verdict.kind === 'refuse'
        ? []
        : [{ index, candidate, heldBecause: verdict.kind === 'quarantine' ? verdict.reason : null }];
    });
    const signals = await makeSignals(tx, admitted.map(({ candidate }) => candidate), batch.at); // prettier-ignore
    const placed = admitted.map(({ index, candidate, heldBecause }) => {
      const signalId = signals.get(keyOf(candidate));
      if (!signalId) throw new Error('a signal was neither found nor made');
      return { index, candidate, heldBecause, signalId };
    });
    const entryIds = await this.stand(tx, actor, batch, placed, results);
    return { results: results.filter((result) => result !== undefined), entryIds };
  }

  /** After the commit: the next question here finds what was changed. Other nodes follow the ledger. */
  async told(signalIds: readonly string[]): Promise<void> {
    if (signalIds.length > 0) await this.index.touch(signalIds);
  }

  private async stand(
    tx: Tx,
    actor: Actor,
    batch: ContributionBatch,
    placed: readonly (Admitted & { readonly index: number })[],
    results: (ContributionResult | undefined)[],
  ): Promise<string[]> {
    const first = new Map<string, number>();
    for (const { signalId, index } of placed) if (!first.has(signalId)) first.set(signalId, index);
    const distinct = placed.filter(({ signalId, index }) => first.get(signalId) === index);
    const placement: Placement = {
      listId: batch.listId,
      at: batch.at,
      reviewed: batch.reviewed,
      batchId: batch.items.length > 1 ? uuidv7() : null,
      sourceId: batch.sourceId ?? null,
      provenance: batch.provenance ?? {},
    };
    const inserted =
      distinct.length > 0 ? await insertContributions(tx, actor, placement, distinct) : new Set<string>();
    for (const { index, signalId, heldBecause } of placed) {
      const isNew = inserted.has(signalId) && first.get(signalId) === index;
      results[index] = {
        index,
        signalId,
        outcome: isNew ? (heldBecause === null ? 'contributed' : 'quarantined') : 'already',
      };
    }
    const fresh = distinct.filter(({ signalId }) => inserted.has(signalId));
    return appendContributed(tx, actor, placement, fresh);
  }
}

/** Unless it says so, a machine has not looked at anything. */
const isPerson = (actor: Actor): boolean => actor.personId !== null;

/** What is wrong with each item, or undefined. An exhibit that one may not see cannot be told from none. */
async function faultsOf(tx: Tx, { items, at }: ContributionBatch): Promise<(Refusal | undefined)[]> {
  const named = [...new Set(items.flatMap(({ exhibitId }) => (typeof exhibitId === 'string' ? [exhibitId] : [])))];
  const seen = new Set<string>();
  if (named.length > 0) {
    const rows = await tx.query<{ id: string }[]>('select id from exhibit where id::text = any($1::text[])', [named]);
    for (const { id } of rows) seen.add(id);
  }
  return items.map((item) => {
    const fault = candidateFault(item, at);
    if (fault) return fault;
    if (item.exhibitId === undefined || seen.has(item.exhibitId)) return undefined;
    return {
      code: 'request.invalid',
      pointer: '/exhibitId',
      detail: 'there is no such exhibit, or it is not yours to see',
    };
  });
}

function refused(result: ContributionResult | undefined): DomainError {
  const { code, pointer, detail = '' } = result ?? {};
  if (!code) return new DomainError('request.internal');
  return pointer === undefined ? new DomainError(code, { detail }) : new DomainError(code, {}, [{ pointer, detail }]);
}

function toAnswer(
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
