import { SIGNAL_TYPES, type SignalType } from '../../domain/vocabulary';
import { BytesColumn, Column, Interned } from './columns';
import type { KnownContribution, KnownSignal, Stand, Standing } from './known-signal';

/** Perceptual hashes and videos' digests are kept here, because their indexes do not give them back. */
const KEPT_BYTES = 32;
/** Most signals have one contribution, which stands in the row itself; more of them are a chain. */
const CHAINED = 0x8000_0000;
const END = 0xffff_ffff;
/** Seconds are counted from here, so that 32 bits last until 2156. */
const EPOCH_MS = Date.UTC(2020, 0, 1);

export interface TableRow {
  readonly type: SignalType;
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes where the type is kept here. */
  readonly value: Uint8Array;
  readonly standing: Standing;
  readonly contributions: readonly StandAt[];
}

export interface StandAt {
  readonly stand: Stand;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export const isKept = (type: SignalType): boolean => type === 'pdq' || type === 'blockhash' || type === 'vpdq';

/**
 * What this node knows of each signal, 63 bytes a row with one contribution: id 16, type 1, standing 4, contribution 4 + 6,
 * value 32 (unused where the type is exact). Each signal that has several contributions takes 14 for every one of them. The
 * index that finds the row is beside it.
 */
export class SignalTable {
  readonly #ids = new BytesColumn(16);
  readonly #types = new Column((length) => new Uint8Array(length));
  readonly #standings = new Column((length) => new Uint32Array(length));
  readonly #stands = new Column((length) => new Uint32Array(length));
  readonly #seconds = new Column((length) => new Uint32Array(length));
  readonly #milliseconds = new Column((length) => new Uint16Array(length));
  readonly #values = new BytesColumn(KEPT_BYTES);
  readonly #chain = new ContributionChain();
  readonly #standingsKnown = new Interned<Standing>();
  readonly #standsKnown = new Interned<Stand>();
  readonly #free: number[] = [];
  #rows = 0;

  /** Signals that are known. */
  get size(): number {
    return this.#rows - this.#free.length;
  }

  get bytes(): number {
    const columns = [
      this.#ids,
      this.#types,
      this.#standings,
      this.#stands,
      this.#seconds,
      this.#milliseconds,
      this.#values,
    ];
    return columns.reduce((sum, { bytes }) => sum + bytes, this.#chain.bytes);
  }

  /** How many different things are said of signals, all kept for as long as the process runs. */
  get distinct(): number {
    return this.#standingsKnown.size + this.#standsKnown.size;
  }

  add(row: TableRow): number {
    const at = this.#free.pop() ?? this.#rows++;
    this.#ids.set(at, row.id);
    this.#types.set(at, SIGNAL_TYPES.indexOf(row.type));
    if (isKept(row.type)) this.#values.set(at, row.value);
    this.#stands.set(at, END);
    this.change(at, row);
    return at;
  }

  /** What is said of it has changed; id, type and value never do. */
  change(at: number, { standing, contributions }: Pick<TableRow, 'standing' | 'contributions'>): void {
    this.#dropChain(at);
    this.#standings.set(at, this.#standingsKnown.numberOf(standing));
    const [first, ...more] = contributions;
    if (!first) this.#stands.set(at, END);
    else if (more.length === 0) this.#place(at, first);
    else this.#stands.set(at, this.#chainOf(contributions) | CHAINED);
  }

  remove(at: number): void {
    this.#dropChain(at);
    this.#stands.set(at, END);
    this.#free.push(at);
  }

  typeOf(at: number): SignalType {
    return SIGNAL_TYPES[this.#types.get(at)] ?? 'pdq';
  }

  idOf(at: number): Uint8Array {
    return this.#ids.get(at);
  }

  /** The 32 bytes of a type that `isKept`. */
  valueOf(at: number): Uint8Array {
    return this.#values.get(at);
  }

  /** @param value of an exact type, which the asker has and this table has not. */
  read(at: number, value?: string): KnownSignal {
    return {
      id: uuidOf(this.#ids.get(at)),
      type: this.typeOf(at),
      value: value ?? this.#values.get(at).toString('hex'),
      ...this.#standingsKnown.get(this.#standings.get(at)),
      contributions: this.#contributions(at),
    };
  }

  #place(at: number, { stand, at: contributedAt }: StandAt): void {
    this.#stands.set(at, this.#standsKnown.numberOf(stand));
    const sinceMs = Math.max(0, contributedAt - EPOCH_MS);
    this.#seconds.set(at, Math.floor(sinceMs / 1000));
    this.#milliseconds.set(at, sinceMs % 1000);
  }

  #chainOf(contributions: readonly StandAt[]): number {
    let next = END;
    for (const { stand, at } of contributions.toReversed()) {
      next = this.#chain.add(this.#standsKnown.numberOf(stand), at - EPOCH_MS, next);
    }
    return next;
  }

  #dropChain(at: number): void {
    const stand = this.#stands.get(at);
    if (stand !== END && (stand & CHAINED) !== 0) this.#chain.remove((stand & ~CHAINED) >>> 0);
  }

  #contributions(at: number): KnownContribution[] {
    const stand = this.#stands.get(at);
    if (stand === END) return [];
    if ((stand & CHAINED) !== 0) {
      return this.#chain
        .read((stand & ~CHAINED) >>> 0)
        .map((each) => ({ ...this.#standsKnown.get(each.stand), contributedAt: EPOCH_MS + each.sinceMs }));
    }
    const contributedAt = EPOCH_MS + this.#seconds.get(at) * 1000 + this.#milliseconds.get(at);
    return [{ ...this.#standsKnown.get(stand), contributedAt }];
  }
}

/** Contributions of signals that have several. */
class ContributionChain {
  readonly #stands = new Column((length) => new Uint32Array(length));
  readonly #seconds = new Column((length) => new Uint32Array(length));
  readonly #milliseconds = new Column((length) => new Uint16Array(length));
  readonly #next = new Column((length) => new Uint32Array(length));
  readonly #free: number[] = [];
  #rows = 0;

  get bytes(): number {
    return this.#stands.bytes + this.#seconds.bytes + this.#milliseconds.bytes + this.#next.bytes;
  }

  add(stand: number, sinceMs: number, next: number): number {
    const at = this.#free.pop() ?? this.#rows++;
    const least = Math.max(0, sinceMs);
    this.#stands.set(at, stand);
    this.#seconds.set(at, Math.floor(least / 1000));
    this.#milliseconds.set(at, least % 1000);
    this.#next.set(at, next);
    return at;
  }

  read(from: number): { stand: number; sinceMs: number }[] {
    const found: { stand: number; sinceMs: number }[] = [];
    for (let at = from; at !== END; at = this.#next.get(at)) {
      found.push({ stand: this.#stands.get(at), sinceMs: this.#seconds.get(at) * 1000 + this.#milliseconds.get(at) });
    }
    return found;
  }

  remove(from: number): void {
    for (let at = from; at !== END; at = this.#next.get(at)) this.#free.push(at);
  }
}

export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
