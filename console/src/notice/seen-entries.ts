import { useSyncExternalStore } from 'react';
import type { FeedEntry } from '../notices-api';

/** Entries of the record as the stream brought them, by notice. The last hundred notices are kept. */
const KEPT = 100;
const seen = new Map<string, readonly FeedEntry[]>();
const listeners = new Set<() => void>();
const NONE: readonly FeedEntry[] = [];

export function remember(entry: FeedEntry): void {
  const id = entry.subjects['notice'];
  if (!id) return;
  const known = seen.get(id) ?? NONE;
  if (known.some((other) => other.id === entry.id)) return;
  seen.delete(id);
  seen.set(id, [...known, entry]);
  const oldest = seen.keys().next();
  if (seen.size > KEPT && !oldest.done) seen.delete(oldest.value);
  for (const listener of listeners) listener();
}

/** Another person signs in: nothing of what the one before saw stays. */
export function forget(): void {
  seen.clear();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useEntries = (noticeId: string): readonly FeedEntry[] =>
  useSyncExternalStore(subscribe, () => seen.get(noticeId) ?? NONE);
