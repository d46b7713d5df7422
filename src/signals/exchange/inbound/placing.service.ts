import { Injectable } from '@nestjs/common';
import { Contributions } from '../../store/contributions.service';
import type { ContributionResult } from '../../store/outcomes';
import { refuse } from './normal';
import { standingOf, type RecordRow } from './records.query';
import { restate } from './restating';
import { provenanceOf, toCandidate, type Kept, type Part } from './sorting';
import type { Turn } from './turn';

export interface Refusal {
  readonly record: string;
  readonly code: string;
  readonly detail: string;
}

export interface Placed {
  /** What is to be kept of the records. */
  readonly rows: readonly RecordRow[];
  readonly refusals: readonly Refusal[];
  readonly results: readonly ContributionResult[];
  /** Signals of which something else is said now. */
  readonly restated: readonly string[];
}

/** A part that does not stand by this source yet. */
export type FreshPart = Pick<RecordRow, 'remoteId' | 'part' | 'disputed'> & { readonly said: Kept };

const keyOf = ({ candidate }: Kept): string => `${candidate.type}:${candidate.value}`;

/** Has what a source says stand, as contributions of its subscriber. */
@Injectable()
export class SourcePlacing {
  constructor(private readonly contributions: Contributions) {}

  async place(turn: Turn, parts: readonly Part[]): Promise<Placed> {
    const { tx, source, at } = turn;
    const standing = await standingOf(tx, source.id, parts);
    const ours: (Part & { signalId: string })[] = [];
    const rows: RecordRow[] = [];
    const fresh: FreshPart[] = [];
    for (const [index, part] of parts.entries()) {
      const now = standing[index];
      const row = { remoteId: part.record.remoteId, part: part.part, disputed: part.record.disputed };
      if (now?.isOurs) ours.push({ ...part, signalId: now.signalId });
      if (now?.isOurs || now?.isDecided) rows.push({ ...row, signalId: now.signalId, waits: null, said: null });
      else fresh.push({ ...row, said: toCandidate(part, source.accept_reviews) });
    }
    const restated = await restate(tx, source, ours, at);
    const contributed = await this.contribute(turn, fresh);
    return { ...contributed, rows: [...rows, ...contributed.rows], restated };
  }

  /** Each hash once, however many records name it; those that a person looked at first. */
  async contribute({ tx, actor, source, at }: Turn, fresh: readonly FreshPart[]): Promise<Placed> {
    const outcomes = new Map<string, ContributionResult>();
    for (const reviewed of [true, false]) {
      const wanted = fresh.filter(({ said }) => said.reviewed === reviewed && !outcomes.has(keyOf(said)));
      const items = [...new Map(wanted.map(({ said }) => [keyOf(said), said.candidate])).values()];
      if (items.length === 0) continue;
      const { results } = await this.contributions.contributeMany(tx, actor, {
        listId: source.list_id,
        at,
        provenance: provenanceOf(source),
        sourceId: source.id,
        reviewed,
        items,
      });
      for (const result of results) {
        const item = items[result.index];
        if (item) outcomes.set(`${item.type}:${item.value}`, result);
      }
    }
    const kept = fresh.map((part) => rowOf(part, outcomes.get(keyOf(part.said))));
    return {
      rows: kept.filter((one): one is RecordRow => 'part' in one),
      refusals: kept.filter((one): one is Refusal => 'code' in one),
      results: [...outcomes.values()],
      restated: [],
    };
  }
}

/** What is kept of a part, or why nothing is. */
function rowOf(fresh: FreshPart, result: ContributionResult | undefined): RecordRow | Refusal {
  if (!result) throw new Error('a candidate without an outcome');
  const { said, remoteId, part, disputed } = fresh;
  const row = { remoteId, part, disputed };
  if (result.code === 'signal.quota-spent') return { ...row, signalId: null, waits: 'quota', said };
  if (result.code) return { ...refuse(remoteId, 'record.unreadable', result.detail ?? ''), code: result.code };
  const signalId = result.signalId ?? null;
  // Somebody of the organisation stands behind it already, by hand or by another source.
  if (result.outcome === 'already') return { ...row, signalId, waits: 'shadow', said };
  return { ...row, signalId, waits: null, said: null };
}
