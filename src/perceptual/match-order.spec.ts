import * as fc from 'fast-check';
import { inOrder } from './match-order';

interface Match {
  id: number;
  distance: number;
}

function ordered(matches: readonly Match[], slice: number): { matches: Match[]; pauses: number } {
  const ids = Uint32Array.from(matches, ({ id }) => id);
  const distances = Uint8Array.from(matches, ({ distance }) => distance);
  const sorting = inOrder({ ids, distances }, slice);
  for (let pauses = 0; ; pauses++) {
    const { done, value } = sorting.next();
    if (done !== true) continue;
    const found = Array.from({ length: value }, (_, at) => ({ id: ids[at] ?? 0, distance: distances[at] ?? 0 }));
    return { matches: found, pauses };
  }
}

function expected(matches: readonly Match[]): Match[] {
  const sorted = matches.toSorted((a, b) => a.distance - b.distance || a.id - b.id);
  return sorted.filter(({ id, distance }, at) => sorted[at - 1]?.id !== id || sorted[at - 1]?.distance !== distance);
}

const match = fc.record({ id: fc.integer({ min: 0, max: 0xffffffff }), distance: fc.integer({ min: 0, max: 64 }) });

it('puts matches in order of distance, then id, each once, however many there are and wherever it pauses', () => {
  fc.assert(
    fc.property(
      fc.array(match, { maxLength: 40 }),
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 5000 }),
      (some, times, slice) => {
        const many = Array.from({ length: times }, (_, turn) =>
          some.map(({ id, distance }) => ({ id: (id + (turn % 3) * 0x01010101) >>> 0, distance })),
        ).flat();
        expect(ordered(many, slice).matches).toEqual(expected(many));
      },
    ),
  );
});

it('pauses after every so many matches that a pass has been over', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ id: 0xffffffff - at, distance: at % 65 }));
  // Four passes that count and move, and one for doubles: nine times over ten thousand.
  expect(ordered(many, 1000).pauses).toBe(90);
});
