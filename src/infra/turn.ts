import { setImmediate } from 'node:timers/promises';

/** Lets the event loop do everything else that waits, then goes on. */
export const turn = (): Promise<void> => setImmediate();

/** What becomes of each, in their order; everything else that waits has its turn after each so many. */
export async function mapInTurns<T, U>(
  items: readonly T[],
  size: number,
  map: (item: T, index: number) => U,
): Promise<U[]> {
  const mapped: U[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % size === 0) await turn();
    mapped.push(map(item, index));
  }
  return mapped;
}
