import { HammingDirectory } from './hamming-directory';
import {
  CHAINS,
  LIVE,
  MEMBER,
  NO_ROW,
  OWN_ROWS,
  PERMUTATION,
  ROWS,
  SCRATCH_INPUT,
  SCRATCH_QUERY,
  SEGMENT_ROWS,
  SIZE,
  permutationTable,
} from './hamming-layout';
import { HammingMemory } from './hamming-memory';
import { HammingProbe } from './hamming-probe';
import type { SharedHammingIndex } from './hamming-search';
import { HammingSlots } from './hamming-slots';
import { HASH256_BYTES } from './hex';
import type { HashWords } from './hex';
import { UintMap } from './uint-map';

const OTHER_HASH = 'This id stands for another hash';

/**
 * The writer's work on rows. A row has a hash and an id. The first row with a hash has postings; further ones with the
 * same hash are members of its chain and have none, so that a hash inserted a million times is one posting a chunk. When
 * the first row's id goes, the row stays for its members: ids never move from row to row, nor rows in memory.
 */
export class HammingRows {
  readonly probe: HammingProbe;
  readonly #memory: HammingMemory;
  readonly #slots: HammingSlots;
  readonly #directory: HammingDirectory;
  /** Of a member, the row before it in its chain. */
  readonly #before = new UintMap();
  readonly #freeRows: number[] = [];
  #count = 0;

  constructor(
    module: object,
    readonly permutation: Uint8Array,
    expected: number,
    options: { flatBelow?: number; vectors?: number },
  ) {
    const memory = new HammingMemory(module, permutation);
    this.#memory = memory;
    this.#directory = new HammingDirectory((row) => memory.idOf(row));
    this.#slots = new HammingSlots(memory, expected, options, (row, before, after) =>
      this.#chained(row, before, after),
    );
    this.probe = new HammingProbe(memory.run, memory.memory, memory.scratch);
  }

  get size(): number {
    return this.#directory.size;
  }

  get bytes(): number {
    return this.#memory.bytes.length + this.#directory.bytes + this.#before.bytes + this.#freeRows.length * 8;
  }

  get needsRebuild(): boolean {
    return this.#slots.needsRebuild(this.#count);
  }

  rebuildStep(work?: number): boolean {
    return this.#slots.rebuildStep(this.#count, work);
  }

  has(id: number): boolean {
    return this.#directory.get(id) !== undefined;
  }

  insert(id: number, hash: string | HashWords): boolean {
    const memory = this.#memory;
    this.probe.write(hash);
    const query = memory.scratch + SCRATCH_QUERY;
    memory.run.permute(PERMUTATION, memory.scratch + SCRATCH_INPUT, query);
    const present = this.#directory.get(id);
    if (present !== undefined) {
      if (!this.#isHash(present, query)) throw new RangeError(OTHER_HASH);
      return false;
    }
    // Whatever may fail, for want of memory, comes before anything is changed.
    memory.reserveRows(this.#count + 1);
    this.#slots.reserve();
    const same = this.#slots.find(query);
    const row = same !== undefined && memory.linkOf(same) < LIVE ? this.#revive(same, id) : this.#add(id, query, same);
    this.#directory.claim(id, row);
    this.#publish();
    this.#slots.insert(this.#count);
    return true;
  }

  /** All or none: rows are appended where no reader looks, and given up again when an id is refused. */
  insertMany(ids: Uint32Array, hashes: Uint8Array): number {
    const memory = this.#memory;
    const first = this.#count;
    memory.reserveRows(first + ids.length);
    this.#directory.reserve(this.#directory.size + ids.length);
    let row = first;
    let copied = first;
    try {
      for (let at = 0; at < ids.length; at++) {
        if (at % 64 === 0) this.#directory.touch(ids, at, Math.min(ids.length, at + 64));
        const id = ids[at] ?? 0;
        const present = this.#directory.claim(id, row);
        if (present === undefined) {
          memory.words[memory.idAt(row) >> 2] = id;
          row++;
          if (row % SEGMENT_ROWS > 0) continue;
        }
        // Hashes are copied in runs: up to a segment's end or to an id that is not new.
        const end = present === undefined ? at + 1 : at;
        memory.copy(hashes, end - (row - copied), copied, row);
        copied = row;
        if (present !== undefined && !this.#isGiven(present, first, hashes, at)) throw new RangeError(OTHER_HASH);
      }
      memory.copy(hashes, ids.length - (row - copied), copied, row);
    } catch (error) {
      while (row > first) this.#directory.delete(memory.idOf(--row));
      throw error;
    }
    for (let from = first; from < row;) {
      const to = Math.min(row, from + SEGMENT_ROWS - (from % SEGMENT_ROWS));
      memory.run.adoptRows(from, to - from);
      from = to;
    }
    this.#count = row;
    memory.store(OWN_ROWS, row);
    this.#slots.insertMany(first, row, () => this.#publish());
    return row - first;
  }

  remove(id: number): boolean {
    const row = this.#directory.get(id);
    if (row === undefined) return false;
    this.#directory.delete(id);
    const link = this.#memory.linkOf(row);
    if (link & MEMBER) this.#leaveChain(row, link & NO_ROW);
    else if ((link & NO_ROW) !== NO_ROW) this.#memory.store(this.#memory.linkAt(row), link & ~LIVE);
    else this.#free(row);
    this.#publish();
    return true;
  }

  entries(): { ids: Uint32Array; hashes: Uint8Array } {
    const memory = this.#memory;
    const ids = new Uint32Array(this.size);
    let count = 0;
    for (let row = 0; row < this.#count; row++) {
      if (memory.linkOf(row) >= LIVE) ids[count++] = memory.idOf(row);
    }
    ids.sort();
    const table = permutationTable(this.permutation.map((_, to) => this.permutation.indexOf(to)));
    const inverse = memory.take(table.length);
    memory.bytes.set(table, inverse);
    const hashes = new Uint8Array(ids.length * HASH256_BYTES);
    const back = memory.scratch + SCRATCH_QUERY;
    for (let at = 0; at < ids.length; at++) {
      const row = this.#directory.get(ids[at] ?? 0) ?? 0;
      memory.run.permute(inverse, memory.hashAt(row), back);
      hashes.set(memory.bytes.subarray(back, back + HASH256_BYTES), at * HASH256_BYTES);
    }
    memory.release(inverse, table.length);
    return { ids, hashes };
  }

  share(): SharedHammingIndex {
    const { memory, module } = this.#memory;
    return { module, memory, scratch: this.#memory.newScratch() };
  }

  /** Readers learn of the rows and, through this atomic store, of everything written before it. */
  #publish(): void {
    this.#memory.store(SIZE, this.#directory.size);
    this.#memory.store(ROWS, this.#count);
  }

  #add(id: number, query: number, same: number | undefined): number {
    const memory = this.#memory;
    const row = this.#freeRows.pop() ?? this.#count;
    if (same === undefined) {
      memory.run.writeRow(row, query, id, LIVE, NO_ROW);
    } else {
      const after = memory.linkOf(same) & NO_ROW;
      memory.run.writeRow(row, query, id, LIVE | MEMBER, after);
      this.#chained(row, same, after);
    }
    if (row === this.#count) {
      this.#count++;
      memory.store(OWN_ROWS, this.#count);
      memory.store(ROWS, this.#count);
    }
    if (same === undefined) this.#slots.place(row);
    else memory.store(memory.linkAt(same), ((memory.linkOf(same) & ~NO_ROW) | row) >>> 0);
    return row;
  }

  /** The first row of a chain whose own id had gone takes a new one. */
  #revive(row: number, id: number): number {
    const memory = this.#memory;
    memory.store(memory.idAt(row), id);
    memory.store(memory.linkAt(row), memory.linkOf(row) | LIVE);
    return row;
  }

  #chained(row: number, before: number, after: number): void {
    this.#before.set(row, before);
    if (after !== NO_ROW) this.#before.set(after, row);
  }

  #leaveChain(row: number, after: number): void {
    const memory = this.#memory;
    const before = this.#before.get(row) ?? NO_ROW;
    const link = ((memory.linkOf(before) & ~NO_ROW) | after) >>> 0;
    memory.store(memory.linkAt(before), link);
    if (after !== NO_ROW) this.#before.set(after, before);
    this.#before.delete(row);
    // Before the row can be another's: a reader in the chain sees that it has to begin again.
    memory.store(CHAINS, memory.load(CHAINS) + 1);
    this.#bury(row);
    if (link < MEMBER && after === NO_ROW) this.#free(before);
  }

  #free(row: number): void {
    this.#slots.displace(row);
    this.#bury(row);
  }

  #bury(row: number): void {
    const { linkAt, linkOf } = { linkAt: this.#memory.linkAt(row), linkOf: this.#memory.linkOf(row) };
    this.#memory.store(linkAt, (linkOf & 0x3f000000) | NO_ROW);
    this.#freeRows.push(row);
  }

  #isHash(row: number, query: number): boolean {
    const { bytes } = this.#memory;
    const at = this.#memory.hashAt(row);
    for (let k = 0; k < HASH256_BYTES; k++) if (bytes[at + k] !== bytes[query + k]) return false;
    return true;
  }

  /** Whether the row that an id has, of before or from earlier in the same batch, is hash number `at` of it. */
  #isGiven(row: number, first: number, hashes: Uint8Array, at: number): boolean {
    const memory = this.#memory;
    const input = memory.scratch + SCRATCH_INPUT;
    const query = memory.scratch + SCRATCH_QUERY;
    memory.bytes.set(hashes.subarray(at * HASH256_BYTES, (at + 1) * HASH256_BYTES), input);
    // A row of this batch is not permuted yet.
    if (row < first) memory.run.permute(PERMUTATION, input, query);
    return this.#isHash(row, row < first ? query : input);
  }
}
