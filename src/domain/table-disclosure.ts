/**
 * Whether a suppressed count can be derived from what was published. A table with its totals is a flow: from a source
 * through rows to columns to a sink, each row total an arc into its row, each column total an arc out of its column,
 * the grand total the arc back. Every set of counts that fits the totals is a circulation within the arcs' bounds, and
 * because those are whole numbers a count is fixed exactly when no cycle of the residual network passes through its
 * arc (total unimodularity). That is a search, not an estimate.
 */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}
export interface Cell extends Bounds {
  /** The true count; only whether it lies at a bound is used. */
  readonly value: number;
}
/** Counts with their totals as the last row and column. */
export type Table = readonly (readonly Cell[])[];

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly cell: Cell;
  readonly isTarget: boolean;
}

/** Rows are nodes 0…r-1 and the sink r, columns r+1…r+c and the source last: every cell is an arc, totals included. */
const arcsOf = (table: Table, i: number, j: number): readonly Arc[] => {
  const lastRow = table.length - 1;
  const lastColumn = (table[0]?.length ?? 0) - 1;
  const rowNode = (r: number): number => r;
  const columnNode = (c: number): number => table.length + c;
  // A row's total flows into it from the source (the node of the last column), a column's total out of it into the sink.
  return table.flatMap((row, r) =>
    row.map((cell, c) => {
      const isRowTotal = c === lastColumn && r !== lastRow;
      const isColumnTotal = r === lastRow && c !== lastColumn;
      const forward = isRowTotal || isColumnTotal;
      const [from, to] = forward ? [columnNode(c), rowNode(r)] : [rowNode(r), columnNode(c)];
      return { from, to, cell, isTarget: r === i && c === j };
    }),
  );
};

/** What changing the flow of an arc upwards or downwards costs; null where it cannot change. */
type Price = (cell: Cell, direction: 'up' | 'down') => number | null;

interface Way {
  readonly cost: number;
  readonly arcs: readonly Arc[];
}

/** The cheapest way from `start` to `goal` along which flow can change, other than through the arc in question. */
const cheapestWay = (arcs: readonly Arc[], start: number, goal: number, price: Price): Way | null => {
  const reached = new Map<number, Way>([[start, { cost: 0, arcs: [] }]]);
  const done = new Set<number>();
  for (;;) {
    const open = [...reached].filter(([node]) => !done.has(node)).sort(([, a], [, b]) => a.cost - b.cost);
    const [nearest] = open;
    if (nearest === undefined) return null;
    const [node, way] = nearest;
    if (node === goal) return way;
    done.add(node);
    for (const arc of arcs) {
      if (arc.isTarget || (arc.from !== node && arc.to !== node)) continue;
      const isUp = arc.from === node;
      const cost = price(arc.cell, isUp ? 'up' : 'down');
      if (cost === null) continue;
      const next = isUp ? arc.to : arc.from;
      const known = reached.get(next)?.cost ?? Infinity;
      if (way.cost + cost < known) reached.set(next, { cost: way.cost + cost, arcs: [...way.arcs, arc] });
    }
  }
};

const canMove = ({ value }: Cell, { low, high }: Bounds, direction: 'up' | 'down'): boolean =>
  direction === 'up' ? value < high : value > low;

/** The cheapest cycle through the arc at (i, j), upwards or downwards; null when its count cannot change. */
const cheapestCycle = (table: Table, i: number, j: number, price: Price): Way | null => {
  const arcs = arcsOf(table, i, j);
  const target = arcs.find((arc) => arc.isTarget);
  if (target === undefined) throw new RangeError('Outside of the table');
  const { from, to, cell } = target;
  const up = canMove(cell, cell, 'up') ? cheapestWay(arcs, to, from, price) : null;
  const down = canMove(cell, cell, 'down') ? cheapestWay(arcs, from, to, price) : null;
  if (up === null || down === null) return up ?? down;
  return up.cost <= down.cost ? up : down;
};

/** True when everything published leaves one possible count at row `i`, column `j`. */
export const isDerivable = (table: Table, i: number, j: number): boolean =>
  cheapestCycle(table, i, j, (cell, direction) => (canMove(cell, cell, direction) ? 0 : null)) === null;

/**
 * The published counts whose absence hides the one at (i, j) at the least cost, or null when nothing would.
 * @param cost of withholding a published count
 * @param once what a reader knows of a count that is withheld
 */
export function cheapestCover(
  table: Table,
  i: number,
  j: number,
  cost: (cell: Cell) => number,
  once: Bounds,
): readonly Cell[] | null {
  const way = cheapestCycle(table, i, j, (cell, direction) => {
    if (canMove(cell, cell, direction)) return 0;
    return cell.low === cell.high && canMove(cell, once, direction) ? cost(cell) : null;
  });
  return way === null ? null : way.arcs.map(({ cell }) => cell).filter(({ low, high }) => low === high);
}
