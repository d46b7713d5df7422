import { createHash } from 'node:crypto';
import type { BulkCut } from './bulk.dto';
import type { BulkRecord } from './records';

/** Items of one transaction. As many as one submission of JSON may hold. */
export const PORTION = 500;
/** Items of one list. */
export const MOST_ITEMS = 10_000;
export const MOST_BYTES = 64 * 2 ** 20;

/** So many items in their order, always the same ones of the same list. */
export interface Portion {
  /** From 0. */
  readonly no: number;
  readonly records: readonly BulkRecord[];
  /** SHA-256 over the lines: by it a repeat is told from another list. */
  readonly digest: Buffer;
}

/** The bytes of a list up to the limit, and whether it went on. */
export class Measured {
  isCut = false;
  constructor(private readonly bytes: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let size = 0;
    for await (const piece of this.bytes) {
      size += piece.length;
      this.isCut = size > MOST_BYTES;
      if (this.isCut) return;
      yield piece;
    }
  }
}

/** A list in portions, and why it ended before its end. */
export class Portions {
  cutBecause: BulkCut | null = null;

  constructor(
    private readonly records: AsyncIterable<BulkRecord>,
    private readonly bytes: Measured,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Portion, void, undefined> {
    let waiting: BulkRecord[] = [];
    let no = 0;
    for await (const record of this.whole()) {
      waiting.push(record);
      if (waiting.length < PORTION) continue;
      yield portionOf(no++, waiting);
      waiting = [];
    }
    if (waiting.length > 0) yield portionOf(no, waiting);
  }

  /** Up to the limits. One record behind: of a list that was cut, the last one may have been cut as well. */
  private async *whole(): AsyncGenerator<BulkRecord, void, undefined> {
    let last: BulkRecord | null = null;
    let count = 0;
    for await (const record of this.records) {
      if (last) yield last;
      last = record;
      if (++count <= MOST_ITEMS) continue;
      this.cutBecause = 'items';
      return;
    }
    if (this.bytes.isCut) this.cutBecause = 'bytes';
    else if (last) yield last;
  }
}

function portionOf(no: number, records: readonly BulkRecord[]): Portion {
  const hash = createHash('sha256');
  for (const { line, text } of records) hash.update(`${line} ${text.length} ${text}\n`);
  return { no, records, digest: hash.digest() };
}
