import { useSyncExternalStore } from 'react';
import { serverNow } from '../server-clock';

const TICK_MS = 500;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = serverNow();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // What was kept while nobody looked is old.
  if (timer === undefined) now = serverNow();
  timer ??= setInterval(() => {
    now = serverNow();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The server's time in milliseconds, twice a second: one timer for all clocks of a page, so that they tick together. */
export const useServerNow = (): number => useSyncExternalStore(subscribe, () => now);
