import type { JsonObject } from '../../domain/canonical';
import type { Dimensions, Subjects } from '../../domain/ledger-entry';
import type { LedgerKind } from '../../domain/ledger-kinds';
import type { SignalType } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { appendAll } from '../../ledger/append';
import { recordChange } from '../changes';
import { tell } from '../telling';

export interface Touched {
  readonly id: string;
  readonly type: SignalType;
  /** What happened is of the hash itself as well: it is told on every list on which that stands. */
  readonly isOfHash?: boolean;
}

export interface Change {
  readonly kind: LedgerKind;
  readonly actor: Actor | 'service';
  readonly at: Date;
  readonly signals: readonly Touched[];
  /** The lists that it is about: who is served others alone hears nothing of it. Null: the hash itself, wherever it stood. */
  readonly lists: readonly string[] | null;
  readonly subjects?: Subjects;
  readonly dims?: Dimensions;
  readonly shared?: JsonObject | undefined;
  readonly internal?: JsonObject | undefined;
  readonly audience?: readonly string[];
}

/**
 * Says what happened to some signals: one entry for each signal type, however many they are, because figures are counted
 * by type and ten thousand entries of one act would tell nobody more. Returns the ids of the entries.
 */
export async function appendChange(tx: Tx, change: Change): Promise<string[]> {
  const groups = [...Map.groupBy(change.signals, ({ type }) => type)];
  const appended = await appendAll(
    tx,
    groups.map(([signalType, signals]) => {
      const only = signals.length === 1 ? signals[0]?.id : undefined;
      return {
        kind: change.kind,
        actor: change.actor,
        at: change.at,
        subjects: { ...change.subjects, ...(only ? { signal: only } : {}) },
        dims: { ...change.dims, signalType, count: signals.length },
        ...(change.shared ? { shared: change.shared } : {}),
        ...(change.internal ? { internal: change.internal } : {}),
        audience: change.audience ?? [],
      };
    }),
  );
  for (const [i, [, signals]] of groups.entries()) {
    const entry = appended[i];
    if (!entry) continue;
    const [ofHash, ofLists] = [signals.filter(({ isOfHash }) => isOfHash), signals.filter(({ isOfHash }) => !isOfHash)];
    await recordChange(tx, entry.id, ofLists.map(({ id }) => id), change.lists); // prettier-ignore
    if (ofHash.length > 0) await recordChange(tx, entry.id, ofHash.map(({ id }) => id), null); // prettier-ignore
  }
  const entryIds = appended.map(({ id }) => id);
  await tell(tx, change.kind, entryIds);
  return entryIds;
}

/** A signal as it stands on one list. */
export interface OnList {
  readonly signalId: string;
  readonly listId: string;
}

export const onLists = (signalId: string, listIds: readonly string[]): OnList[] =>
  listIds.map((listId) => ({ signalId, listId }));

/** Everybody who stands behind, disputes or answers for these signals on these lists. */
export async function concerned(tx: Tx, about: readonly OnList[]): Promise<string[]> {
  const rows = await tx.query<{ organisation_id: string }[]>(
    'select distinct organisation_id from signal_concerned($1::uuid[], $2::uuid[])',
    [about.map(({ signalId }) => signalId), about.map(({ listId }) => listId)],
  );
  return rows.map((row) => row.organisation_id);
}

/** Whoever disputes learns what becomes of it, also where it reads the list no more. */
export const withAuthor = (audience: readonly string[], author: string | null): string[] => [
  ...new Set([...audience, ...(author ? [author] : [])]),
];
