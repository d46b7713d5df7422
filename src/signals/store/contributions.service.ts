import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../domain/canonical';
import { DomainError } from '../../domain/errors';
import { isUuid } from '../../domain/ledger-entry';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { OwnTurns } from '../../infra/own-turns';
import { mapInTurns } from '../../infra/turn';
import { COMMON_LIST } from '../changes';
import { Admission } from '../defence/admission.service';
import { SignalIndex } from '../matching/signal-index.service';
import { candidateFault, isRefusal, readLine, type Candidate, type Refusal } from './candidate';
import { insertContributions, keyOf, makeSignals, type Admitted, type Placement } from './contribution-insert';
import type { BatchAnswer, ContributeBatchDto, ContributeSignalDto, SignalView } from './contribution.dto';
import { appendContributed } from './contribution-entries';
import { assertWritable } from './list-access';
import { Outcomes, refused, toAnswer, type ContributionResult } from './outcomes';
import { reopenDisputes } from './reopening';
import { requireSignal } from './signal-view';
import { vouches } from './vouching';

export type { Candidate } from './candidate';

/** Lines between two turns of the event loop: about a millisecond. */
const SLICE = 500;
/** Of one organisation; the next is asked to come again. */
const MOST_WAITING = 200;

export interface ContributionBatch {
  readonly listId: string;
  readonly at: Date;
  /** Where they come from, for everybody who reads the list. */
  readonly provenance?: JsonObject;
  /** The subscription that brought them. */
  readonly sourceId?: string;
  /** A person looked at the items; what `countsAsReviewed` says otherwise of is not. Otherwise the contributions are provisional and end after thirty days. */
  readonly reviewed: boolean;
  readonly items: readonly Candidate[];
}

export interface Contributed {
  /** One for each item, in their order. */
  readonly results: readonly ContributionResult[];
  readonly entryIds: readonly string[];
}

/** Stands behind hashes. The same hash from several organisations is one signal with several contributions. */
@Injectable()
export class Contributions {
  /** Those of one organisation wait for each other in any case (its quota): here, and not each with a connection in its hand. */
  private readonly turns = new OwnTurns(1, MOST_WAITING);

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly admission: Admission,
    private readonly index: SignalIndex,
  ) {}

  async contribute(actor: Actor, dto: ContributeSignalDto): Promise<SignalView> {
    const { listId = COMMON_LIST, reviewed, ...candidate } = dto;
    const items = [candidate as Candidate];
    const batch = { listId, at: this.clock.now(), reviewed: vouches(actor, reviewed), items };
    const view = await this.inTurn(actor, async (tx) => {
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
    const { listId = COMMON_LIST, labels = {}, severity, incident } = dto;
    const reviewed = vouches(actor, dto.reviewed ?? false);
    const defaults = { labels, ...(severity ? { severity } : {}), ...(incident ? { incident } : {}) };
    const lines = await mapInTurns(dto.signals, SLICE, (line) => readLine(line, defaults));
    const taken = lines.flatMap((line, index) => (isRefusal(line) ? [] : [{ index, candidate: line }]));
    const unread = lines.flatMap((line, index) => (isRefusal(line) ? [{ index, ...line }] : []));
    const at = this.clock.now();
    const { answer, touched } = await this.inTurn(actor, async (tx) => {
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
    const outcomes = new Outcomes(batch.items.length);
    const sound = await soundOnes(tx, batch, outcomes);
    const admitted = await this.admit(tx, actor, batch, sound, outcomes);
    const signals = await makeSignals(tx, admitted.map(({ candidate }) => candidate), batch.at); // prettier-ignore
    const placed = admitted.map((one) => {
      const signalId = signals.get(keyOf(one.candidate));
      if (!signalId) throw new Error('a signal was neither found nor made');
      return { ...one, signalId };
    });
    const entryIds = await stand(tx, actor, batch, placed, outcomes);
    return { results: outcomes.all(), entryIds };
  }

  /** After the commit: the next question here finds what was changed. Other nodes follow the ledger. */
  async told(signalIds: readonly string[]): Promise<void> {
    if (signalIds.length > 0) await this.index.touch(signalIds);
  }

  private inTurn<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.turns.run(actor.organisationId, () => this.work.run(actor, work));
  }

  private async admit(
    tx: Tx,
    actor: Actor,
    { listId, at }: ContributionBatch,
    sound: readonly Numbered[],
    outcomes: Outcomes,
  ): Promise<(Numbered & Pick<Admitted, 'heldBecause'>)[]> {
    const candidates = sound.map(({ candidate }) => candidate);
    const verdicts = await this.admission.admit(tx, actor, { listId, at, candidates });
    return sound.flatMap(({ index, candidate }, i) => {
      const verdict = verdicts[i];
      if (!verdict) throw new Error('a candidate without a verdict');
      if (verdict.kind !== 'refuse') {
        return [{ index, candidate, heldBecause: verdict.kind === 'quarantine' ? verdict.reason : null }];
      }
      outcomes.refuse(index, verdict);
      return [];
    });
  }
}

interface Numbered {
  /** Position in the batch. */
  readonly index: number;
  readonly candidate: Candidate;
}

async function stand(
  tx: Tx,
  actor: Actor,
  batch: ContributionBatch,
  placed: readonly (Admitted & Numbered)[],
  outcomes: Outcomes,
): Promise<string[]> {
  const first = new Map<string, Admitted & Numbered>();
  for (const one of placed) if (!first.has(one.signalId)) first.set(one.signalId, one);
  const placement: Placement = {
    listId: batch.listId,
    at: batch.at,
    reviewed: batch.reviewed,
    batchId: batch.items.length > 1 ? uuidv7() : null,
    sourceId: batch.sourceId ?? null,
    provenance: batch.provenance ?? {},
  };
  const inserted = await insertContributions(tx, actor, placement, [...first.values()]);
  for (const one of placed) {
    const isNew = inserted.fresh.has(one.signalId) && first.get(one.signalId) === one;
    outcomes.place(one, isNew);
  }
  const fresh = [...first.values()].filter(({ signalId }) => inserted.fresh.has(signalId));
  const entryIds = await appendContributed(tx, actor, placement, fresh, inserted.gainedFrames);
  const standing = fresh.filter(({ heldBecause }) => heldBecause === null);
  const back = standing.map(({ signalId }) => ({ signalId, listId: batch.listId }));
  return [...entryIds, ...(await reopenDisputes(tx, actor, back, batch.at))];
}

/** Those of the right form, with exhibits that the actor sees: one that it may not see cannot be told from none. */
async function soundOnes(tx: Tx, { items, at }: ContributionBatch, outcomes: Outcomes): Promise<Numbered[]> {
  const named = [...new Set(items.flatMap(({ exhibitId }) => (isUuid(exhibitId) ? [exhibitId] : [])))];
  const seen = new Set<string>();
  if (named.length > 0) {
    const rows = await tx.query<{ id: string }[]>('select id from exhibit where id::text = any($1::text[])', [named]);
    for (const { id } of rows) seen.add(id);
  }
  const hidden: Refusal = {
    code: 'request.invalid',
    pointer: '/exhibitId',
    detail: 'there is no such exhibit, or it is not yours to see',
  };
  const sound = await mapInTurns(items, SLICE, (candidate, index) => {
    const isHidden = candidate.exhibitId !== undefined && !seen.has(candidate.exhibitId);
    const fault = candidateFault(candidate, at) ?? (isHidden ? hidden : null);
    if (fault) outcomes.refuse(index, fault);
    return fault ? [] : [{ index, candidate }];
  });
  return sound.flat();
}
