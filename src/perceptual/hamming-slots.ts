import { HammingArea, rowsFor, vectorsFor } from './hamming-area';
import { AREA, CHUNKS, GENERATION, OVERFLOWED, WASTED } from './hamming-layout';
import type { HammingMemory } from './hamming-memory';

/** Up to here every row is compared, in some 40 microseconds, and the 45 MB of the smallest slots are not taken. */
const FLAT_BELOW = 30_000;
/** Postings that an insert moves along while slots are rebuilt: that is done after a quarter as many inserts as rows. */
const MOVED_PER_INSERT = 64;
/** About half a millisecond. */
const DEFAULT_WORK = 16_384;
/** Overflow lanes lost to removals, at least, that are worth building the same slots again. */
const WASTE = 65_536;
const EVERYTHING = Number.MAX_SAFE_INTEGER;

interface Blocks {
  readonly start: number;
  readonly end: number;
}

/**
 * Which slots are in force, and how they are replaced by larger ones: beside them, a few postings at a time, while both
 * are written and the old ones are read. Then one atomic store puts the new ones in force and the generation goes up;
 * a reader that finds it changed at the end of a query asks again, so the old memory may be reused at once.
 */
export class HammingSlots {
  #area: HammingArea | undefined;
  #next: HammingArea | undefined;
  /** Of the area in force, while the next one is built. */
  #oldBlocks: readonly Blocks[] = [];
  /** Rows above which other slots are wanted. */
  #outgrownAt: number;
  /** No memory for larger slots: not asked again before there are so many rows. */
  #notBelow = 0;

  constructor(
    readonly memory: HammingMemory,
    readonly expected: number,
    readonly options: { flatBelow?: number; vectors?: number },
    readonly onChained: (row: number, before: number, after: number) => void,
  ) {
    this.#outgrownAt = (options.flatBelow ?? FLAT_BELOW) - 1;
  }

  needsRebuild(rows: number): boolean {
    if (this.#next) return true;
    if (rows < this.#notBelow) return false;
    const wasted = this.memory.load(WASTED) | 0;
    return rows > this.#outgrownAt || wasted > WASTE + (this.memory.load(OVERFLOWED) | 0);
  }

  /** @returns true while there is more to do. */
  rebuildStep(rows: number, work = DEFAULT_WORK): boolean {
    if (!this.needsRebuild(rows)) return false;
    if (!this.#next && !this.#begin(rows)) return false;
    try {
      if (this.#next?.build(rows, work) === false) this.#putInForce();
    } catch {
      // No memory for its overflow: what is in force stays in force.
      this.#drop(rows);
    }
    return this.needsRebuild(rows);
  }

  /** Memory for what placing a row may take. */
  reserve(): void {
    if (this.#area || this.#next) this.memory.reserveBlocks(CHUNKS * 2);
  }

  /** The row that has the permuted hash at this address. */
  find(query: number): number | undefined {
    return (this.#area ?? this.#next)?.find(query);
  }

  place(row: number): void {
    this.#area?.place(row);
    this.#next?.place(row);
  }

  displace(row: number): void {
    this.#area?.displace(row);
    this.#next?.displace(row);
  }

  /** After an insert: moves a rebuild along. */
  insert(rows: number): void {
    this.rebuildStep(rows, MOVED_PER_INSERT);
  }

  /**
   * Rows `from`..`to` were appended. So many that the slots in force would mostly overflow are not put there at all: the
   * next ones are built at once, and readers learn of the rows when they are.
   */
  insertMany(from: number, to: number, publish: () => void): void {
    const latest = this.#next ?? this.#area;
    if (latest && to - from > from / 4 && this.#vectors(to) > latest.vectors) {
      this.#drop(0);
      if (this.#begin(to)) while (this.rebuildStep(to, EVERYTHING));
      publish();
      if (this.#area !== latest) return;
    }
    publish();
    try {
      this.#area?.placeRange(from, to);
      this.#next?.placeRange(from, to);
    } catch {
      this.#giveUp(to);
    }
    this.rebuildStep(to, (to - from) * MOVED_PER_INSERT);
  }

  #vectors(rows: number): number {
    return this.options.vectors ?? vectorsFor(Math.max(rows, this.expected));
  }

  #begin(rows: number): boolean {
    const crowded = this.#area !== undefined && this.#vectors(rows) > this.#area.vectors;
    // Room for half as many again, where that is what it is for.
    const vectors = crowded ? this.#vectors(Math.min(rows * 1.3, rowsFor(36))) : this.#vectors(rows * 1.1);
    this.#oldBlocks = [...this.#oldBlocks, ...this.memory.handOverBlocks()];
    try {
      this.#next = new HammingArea(this.memory, vectors, this.onChained);
    } catch {
      this.#notBelow = rows * 1.25;
    }
    return this.#next !== undefined;
  }

  /** Slots that are not in force yet. */
  #drop(notBelow: number): void {
    this.#next?.release([]);
    this.#next = undefined;
    this.#notBelow = notBelow * 1.25;
  }

  /** No memory in the middle of placing: slots that lack rows are worth nothing. Every row is compared from now on. */
  #giveUp(rows: number): void {
    this.#drop(rows);
    this.#oldBlocks = [...this.#oldBlocks, ...this.memory.handOverBlocks()];
    this.#putInForce();
  }

  #putInForce(): void {
    const { memory } = this;
    const old = this.#area;
    this.#area = this.#next;
    this.#next = undefined;
    this.#outgrownAt =
      this.options.vectors && this.#area ? Number.POSITIVE_INFINITY : rowsFor(this.#area?.vectors ?? 1);
    memory.store(AREA, this.#area?.address ?? 0);
    memory.store(GENERATION, memory.load(GENERATION) + 1);
    old?.release(this.#oldBlocks);
    this.#oldBlocks = [];
  }
}
