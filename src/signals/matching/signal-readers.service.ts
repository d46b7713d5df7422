import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import type { HammingStore, MatchBuffer } from '../../perceptual/hamming-search';
import { turn } from '../../infra/turn';
import { HASH256_BYTES } from '../../perceptual/hex';
import type { NearQuestions } from './batch-questions';
import { IndexReader } from './index-reader';

/** One core answers everything else. Each thread takes some 10 MB. */
const MOST_READERS = Math.min(8, availableParallelism() - 1);
/** Two to five milliseconds of one core at a million hashes: small enough that the last piece is not waited for long. */
const PIECE_QUESTIONS = 512;
/** Under way at each thread, so that it never waits for the next. */
const AHEAD = 2;

/** Rows that are near some of the questions, in no particular order. */
export interface NearRows {
  /** Position of its question among those that were asked. */
  readonly questions: Uint32Array;
  readonly rows: Uint32Array;
  readonly distances: Uint8Array;
}

/**
 * Searches of many questions: cut into pieces that threads on the other cores take, and this one between two turns of its
 * event loop. The threads are started by the first batch that is worth them.
 */
@Injectable()
export class SignalReaders implements OnModuleDestroy {
  private readonly readers = new Map<HammingStore, IndexReader[]>();
  private isClosed = false;

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.readers.values()].flat().map((reader) => reader.close()));
  }

  async search(index: HammingStore, { hashes, radius }: Pick<NearQuestions, 'hashes' | 'radius'>): Promise<NearRows[]> {
    const pieces = new Pieces(hashes);
    const found: NearRows[] = [];
    const readers = pieces.count > 1 ? this.readersOf(index) : [];
    const lanes = readers.flatMap((reader) => Array.from({ length: AHEAD }, () => read(reader, pieces, radius, found)));
    for (;;) {
      for (let piece = pieces.take(); piece; piece = pieces.take()) {
        const scan = index.startMany(pieces.hashesOf(piece), radius);
        while (!scan.step()) await turn();
        found.push(rowsOf(piece, scan.found));
        await turn();
      }
      await Promise.all(lanes);
      // What a thread that ended had not answered is answered here.
      if (pieces.isDone) return found;
    }
  }

  private readersOf(index: HammingStore): readonly IndexReader[] {
    if (this.isClosed) return [];
    const alive = (this.readers.get(index) ?? []).filter((reader) => reader.isAlive);
    while (alive.length < MOST_READERS) {
      const reader = IndexReader.of(index);
      if (!reader) break;
      alive.push(reader);
    }
    this.readers.set(index, alive);
    return alive;
  }
}

interface Piece {
  /** Of the questions, the first. */
  readonly from: number;
}

/** What of the questions nobody has taken yet. */
class Pieces {
  readonly #left: Piece[];

  constructor(private readonly hashes: Uint8Array) {
    const questions = hashes.length / HASH256_BYTES;
    const count = Math.ceil(questions / PIECE_QUESTIONS);
    this.#left = Array.from({ length: count }, (_, at) => ({ from: at * PIECE_QUESTIONS }));
  }

  get count(): number {
    return Math.ceil(this.hashes.length / HASH256_BYTES / PIECE_QUESTIONS);
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  take(): Piece | undefined {
    return this.#left.pop();
  }

  giveBack(piece: Piece): void {
    this.#left.push(piece);
  }

  /** A copy, which may be given away. */
  hashesOf({ from }: Piece): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.hashes.subarray(from * HASH256_BYTES, (from + PIECE_QUESTIONS) * HASH256_BYTES));
  }
}

/** One thread's pieces, one after another, until there are no more or it has ended. */
async function read(reader: IndexReader, pieces: Pieces, radius: number, found: NearRows[]): Promise<void> {
  for (let piece = pieces.take(); piece; piece = pieces.take()) {
    try {
      const { queries, ids, distances } = await reader.search(pieces.hashesOf(piece), radius);
      found.push(rowsOf(piece, { count: ids.length, queries, ids, distances }));
    } catch {
      pieces.giveBack(piece);
      return;
    }
  }
}

type Rows = Pick<MatchBuffer, 'count' | 'queries' | 'ids' | 'distances'>;

const rowsOf = ({ from }: Piece, { count, queries, ids, distances }: Rows): NearRows => ({
  questions: queries.slice(0, count).map((each) => each + from),
  rows: ids.slice(0, count),
  distances: distances.slice(0, count),
});
