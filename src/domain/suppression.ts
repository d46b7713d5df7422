import { cheapestCover, isDerivable, type Bounds, type Cell, type Table } from './table-disclosure';

/**
 * Small numbers in published tables. A count under ten is published as `<10`, nought included: that nobody was
 * affected can tell as much as that one was. Where totals would give such a count away, further cells are withheld
 * until none can be derived, checked exactly and not by a rule of thumb.
 */
export const SMALLEST_PUBLISHED = 10;
/** What a reader sees in place of a count: under ten, or held back to protect another. */
export type Published = number | '<10' | 'withheld';

export interface PublishedTable {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly Published[])[];
  readonly rowTotals: readonly Published[];
  readonly columnTotals: readonly Published[];
  readonly total: Published;
}

type Mark = 'public' | 'low' | 'withheld';
type Grid<Value> = Value[][];

/** What a reader who knows the rules can say about a count from its mark alone. */
const boundsOf = (mark: Mark, value: number): Bounds => {
  if (mark === 'public') return { low: value, high: value };
  return mark === 'low' ? { low: 0, high: SMALLEST_PUBLISHED - 1 } : { low: SMALLEST_PUBLISHED, high: Infinity };
};
/** Used when even that says too much: every mark of the table reads `withheld` and says nothing. */
const UNKNOWN: Bounds = { low: 0, high: Infinity };

/** The counts with their totals as one more row and column. */
const withTotals = (counts: readonly (readonly number[])[], width: number): Grid<number> => {
  const body = counts.map((row) => [...row, row.reduce((sum, value) => sum + value, 0)]);
  const totals = Array.from({ length: width + 1 }, (_, j) => body.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  return [...body, totals];
};

const tableOf = (values: Grid<number>, bounds: (i: number, j: number, value: number) => Bounds): Table =>
  values.map((row, i) => row.map((value, j) => ({ value, ...bounds(i, j, value) })));

const at = <Value>(grid: readonly (readonly Value[])[], i: number, j: number): Value => {
  const value = grid[i]?.[j];
  if (value === undefined) throw new RangeError('Outside of the table');
  return value;
};

const firstDerivable = (table: Table, marks: Grid<Mark>): readonly [number, number] | null => {
  for (const [i, row] of marks.entries())
    for (const [j, mark] of row.entries()) if (mark !== 'public' && isDerivable(table, i, j)) return [i, j];
  return null;
};

/** Withholds counts, the cheapest cover each time, until nothing hidden can be derived; or says that all marks must be equal. */
const protect = (values: Grid<number>): { readonly marks: Grid<Mark>; readonly blank: boolean } => {
  const marks = values.map((row) => row.map((value): Mark => (value < SMALLEST_PUBLISHED ? 'low' : 'public')));
  const grandTotal = values.at(-1)?.at(-1) ?? 0;
  for (;;) {
    const table = tableOf(values, (i, j, value) => boundsOf(at(marks, i, j), value));
    const exposed = firstDerivable(table, marks);
    if (exposed === null) return { marks, blank: false };
    // A total is worth more to a reader than any cell, and a large cell more than a small one.
    const totals = new Set([...table.map((row) => row.at(-1)), ...(table.at(-1) ?? [])]);
    const cost = (cell: Cell): number => cell.value + 1 + (totals.has(cell) ? grandTotal * table.length : 0);
    const cover = cheapestCover(table, ...exposed, cost, boundsOf('withheld', 0));
    if (cover === null) return { marks, blank: true };
    table.forEach((row, i) =>
      row.forEach((cell, j) => {
        const line = marks[i];
        if (line !== undefined && cover.includes(cell)) line[j] = 'withheld';
      }),
    );
  }
};

/**
 * A table of counts as it may be published, with its totals.
 * @param counts one row a name in `rows`, one whole number a name in `columns`
 * @throws RangeError when the counts do not fit the names or are not whole and at least 0
 */
export function suppressTable(
  rows: readonly string[],
  columns: readonly string[],
  counts: readonly (readonly number[])[],
): PublishedTable {
  const fits = counts.length === rows.length && counts.every((row) => row.length === columns.length);
  if (!fits || !counts.flat().every((value) => Number.isSafeInteger(value) && value >= 0))
    throw new RangeError('A table holds one whole number, at least 0, for each row and column');
  const values = withTotals(counts, columns.length);
  const { marks, blank } = protect(values);
  const shown = values.map((row, i) =>
    row.map((value, j): Published => {
      const mark = at(marks, i, j);
      if (mark === 'public') return value;
      return mark === 'low' && !blank ? '<10' : 'withheld';
    }),
  );
  const body = shown.slice(0, -1);
  return {
    rows,
    columns,
    cells: body.map((row) => row.slice(0, -1)),
    rowTotals: body.map((row) => at([row], 0, columns.length)),
    columnTotals: (shown.at(-1) ?? []).slice(0, -1),
    total: at(shown, rows.length, columns.length),
  };
}

/** What a published table still says about its counts, for a check from outside. */
export function readerBounds(table: PublishedTable): readonly (readonly Bounds[])[] {
  const all = [...table.cells.map((row, i) => [...row, table.rowTotals[i] ?? 0]), [...table.columnTotals, table.total]];
  const isBlank = !all.flat().some((shown) => typeof shown === 'number' || shown === '<10');
  return all.map((row) =>
    row.map((shown) => {
      if (typeof shown === 'number') return { low: shown, high: shown };
      return isBlank ? UNKNOWN : boundsOf(shown === '<10' ? 'low' : 'withheld', 0);
    }),
  );
}

/** One count that stands alone and enters no total. */
export const suppressCount = (count: number): number | '<10' => (count < SMALLEST_PUBLISHED ? '<10' : count);
