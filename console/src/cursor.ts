import { useState } from 'react';
import type { Keys } from './keys';

interface Cursor<T> {
  readonly current: T | undefined;
  readonly set: (id: string) => void;
  readonly keys: Keys;
}

/** A place in a list that `j` and `k` move. It stays with its entry when the order changes. */
export function useCursor<T>(list: readonly T[], idOf: (entry: T) => string): Cursor<T> {
  const [at, setAt] = useState<{ readonly id: string; readonly index: number } | null>(null);
  const found = at ? list.findIndex((entry) => idOf(entry) === at.id) : -1;
  // What was under it has gone: the entry that took its place.
  const index = found >= 0 ? found : Math.min(at?.index ?? 0, list.length - 1);
  const go = (to: number): void => {
    const bounded = Math.max(0, Math.min(list.length - 1, to));
    const entry = list[bounded];
    if (entry !== undefined) setAt({ id: idOf(entry), index: bounded });
  };
  const down = (): void => go(index + 1);
  const up = (): void => go(index - 1);
  return {
    current: list[index],
    set: (id) => setAt({ id, index: list.findIndex((entry) => idOf(entry) === id) }),
    keys: { j: down, ArrowDown: down, k: up, ArrowUp: up },
  };
}
