import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SMALLEST_PUBLISHED, readerBounds, suppressCount, suppressTable, type PublishedTable } from './suppression';
import { isDerivable, type Bounds } from './table-disclosure';

const publish = (counts: readonly (readonly number[])[]): PublishedTable =>
  suppressTable(
    counts.map((_, i) => `r${i}`),
    (counts[0] ?? []).map((_, j) => `c${j}`),
    counts,
  );
/** Everything shown, totals as last row and column. */
const shownIn = (table: PublishedTable) => [
  ...table.cells.map((row, i) => [...row, table.rowTotals[i]]),
  [...table.columnTotals, table.total],
];

/**
 * Another way to the same answer, which shares nothing with the code under test: tries every table of small counts
 * that fits the marks, and collects what each place could hold.
 */
function possibleValues(bounds: readonly (readonly Bounds[])[], most: number): Set<number>[][] {
  const height = bounds.length - 1;
  const width = (bounds[0]?.length ?? 1) - 1;
  const found = bounds.map((row) => row.map(() => new Set<number>()));
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  const isWithin = (value: number, place: Bounds | undefined): boolean =>
    place !== undefined && value >= place.low && value <= place.high;
  const record = (): void => {
    const rows = grid.map((row) => row.reduce((a, b) => a + b, 0));
    const columns = Array.from({ length: width }, (_, j) => grid.reduce((sum, row) => sum + (row[j] ?? 0), 0));
    const full = [...grid.map((row, i) => [...row, rows[i] ?? 0]), [...columns, rows.reduce((a, b) => a + b, 0)]];
    if (!full.every((row, i) => row.every((value, j) => isWithin(value, bounds[i]?.[j])))) return;
    full.forEach((row, i) => row.forEach((value, j) => found[i]?.[j]?.add(value)));
  };
  const fill = (place: number): void => {
    if (place === height * width) return record();
    const [i, j] = [Math.floor(place / width), place % width];
    const { low, high } = bounds[i]?.[j] ?? { low: 0, high: 0 };
    for (let value = low; value <= Math.min(high, most); value += 1) {
      const row = grid[i];
      if (row !== undefined) row[j] = value;
      fill(place + 1);
    }
  };
  fill(0);
  return found;
}

const count = fc.oneof(fc.nat(12), fc.nat(60));
const tables = (rows: number, columns: number, value: fc.Arbitrary<number>) =>
  fc
    .tuple(fc.integer({ min: 1, max: rows }), fc.integer({ min: 1, max: columns }))
    .chain(([r, c]) => fc.array(fc.array(value, { minLength: c, maxLength: c }), { minLength: r, maxLength: r }));

describe('small numbers', () => {
  it('stand as <10 below ten, nought included, and as themselves from ten on', () => {
    expect([0, 1, 9, 10, 11].map(suppressCount)).toEqual(['<10', '<10', '<10', 10, 11]);
  });

  it('are left alone in a table without any', () => {
    expect(
      shownIn(
        publish([
          [10, 20],
          [30, 40],
        ]),
      ),
    ).toEqual([
      [10, 20, 30],
      [30, 40, 70],
      [40, 60, 100],
    ]);
  });

  it('take others with them where a total would give them away', () => {
    expect(
      shownIn(
        publish([
          [5, 20, 30],
          [40, 50, 60],
          [70, 80, 90],
        ]),
      ),
    ).toEqual([
      ['<10', 'withheld', 30, 55],
      ['withheld', 'withheld', 60, 150],
      [70, 80, 90, 240],
      [115, 150, 180, 445],
    ]);
  });

  it('are not given away by two nines that add up to eighteen', () => {
    const shown = shownIn(
      publish([
        [9, 9],
        [50, 60],
      ]),
    );
    expect(shown[0]?.slice(0, 2)).toEqual(['<10', '<10']);
    expect(shown[0]?.[2]).toBe('withheld');
  });

  it('are never published, in any table, and no place without a number can be derived from those with one', () => {
    fc.assert(
      fc.property(tables(5, 6, count), (counts) => {
        const published = publish(counts);
        const bounds = readerBounds(published);
        const totals = counts.map((row) => [...row, row.reduce((a, b) => a + b, 0)]);
        const values = [
          ...totals,
          (totals[0] ?? []).map((_, j) => totals.reduce((sum, row) => sum + (row[j] ?? 0), 0)),
        ];
        const cells = values.map((row, i) =>
          row.map((value, j) => ({ value, ...(bounds[i]?.[j] ?? { low: 0, high: 0 }) })),
        );
        shownIn(published).forEach((row, i) =>
          row.forEach((shown, j) => {
            const value = values[i]?.[j] ?? -1;
            if (typeof shown === 'number') {
              expect(shown).toBe(value);
              expect(shown).toBeGreaterThanOrEqual(SMALLEST_PUBLISHED);
            } else expect(isDerivable(cells, i, j)).toBe(false);
          }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('hold against trying out every table that fits: at least two values stay possible in every hidden place', () => {
    fc.assert(
      fc.property(tables(2, 2, fc.nat(14)), (counts) => {
        const published = publish(counts);
        const possible = possibleValues(readerBounds(published), 24);
        shownIn(published).forEach((row, i) =>
          row.forEach((shown, j) => {
            const values = possible[i]?.[j] ?? new Set();
            if (typeof shown === 'number') expect([...values]).toEqual([shown]);
            else expect(values.size).toBeGreaterThan(1);
          }),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('the check itself agrees with trying out everything, also where a count is given away', () => {
    const bound = fc.constantFrom('public', 'low');
    const marks = fc.array(fc.array(bound, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }), marks, ([a = 0, b = 0, c = 0, d = 0], shown) => {
        const values = [
          [a, b, a + b],
          [c, d, c + d],
          [a + c, b + d, a + b + c + d],
        ];
        const cells = values.map((row, i) =>
          row.map((value, j) =>
            shown[i]?.[j] === 'public'
              ? { value, low: value, high: value }
              : { value, low: 0, high: Math.max(9, value) },
          ),
        );
        const possible = possibleValues(cells, 9);
        cells.forEach((row, i) =>
          row.forEach((_, j) => expect([i, j, isDerivable(cells, i, j)]).toEqual([i, j, possible[i]?.[j]?.size === 1])),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is no table of counts', () => {
    for (const counts of [[[1, 2]], [[-1], [2]], [[0.5], [2]]])
      expect(() => suppressTable(['a', 'b'], ['c'], counts)).toThrow(RangeError);
    expect(shownIn(suppressTable([], [], []))).toEqual([['withheld']]);
  });
});
