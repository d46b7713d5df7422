import type { SignalType } from '../../domain/vocabulary';
import { ExactIndex } from '../../perceptual/exact-index';
import { BLOCKHASH_BITS } from '../../perceptual/bit-permutation';
import { createHammingIndex } from '../../perceptual/hamming-factory';
import type { HammingStore } from '../../perceptual/hamming-search';
import { PERCEPTUAL_TYPES, isPerceptual, type PerceptualType } from '../../perceptual/match-radius';
import { VideoIndex } from '../../perceptual/video-index';
import type { KnownSignal } from './known-signal';
import type { PagedSignal } from './signal-pages';
import { SignalTable } from './signal-table';

export type ExactType = Exclude<SignalType, PerceptualType>;

/** Signals of each type to make room for. */
export type Expected = Readonly<Partial<Record<SignalType, number>>>;

/**
 * The hashes of one node and what is known of them: one index a type, whose handles are rows of the table. Nothing here
 * waits or reads: what changes it is applied whole between two questions.
 */
export class HashStore {
  readonly table = new SignalTable();
  readonly frames: VideoIndex;
  readonly #perceptual: Record<PerceptualType, HammingStore>;
  readonly #exact: Record<ExactType, ExactIndex>;

  constructor(expected: Expected = {}) {
    this.#perceptual = {
      pdq: createHammingIndex(expected.pdq),
      blockhash: createHammingIndex(expected.blockhash, { permutation: BLOCKHASH_BITS }),
    };
    this.#exact = {
      vpdq: new ExactIndex(32),
      sha256: new ExactIndex(32),
      sha512: new ExactIndex(64),
      md5: new ExactIndex(16),
      text_sha256: new ExactIndex(32),
    };
    this.frames = new VideoIndex();
  }

  sizeOf(type: SignalType): number {
    return isPerceptual(type) ? this.#perceptual[type].size : this.#exact[type].size;
  }

  /** Bytes of all of it, room to grow included. */
  get bytes(): number {
    const indexes = [...Object.values(this.#perceptual), ...Object.values(this.#exact), this.frames];
    return indexes.reduce((sum, { bytes }) => sum + bytes, this.table.bytes);
  }

  index(type: PerceptualType): HammingStore {
    return this.#perceptual[type];
  }

  /** The row of an equal hash: there is one signal at most for each type and value. */
  exact(type: ExactType, value: string | Uint8Array): number | undefined {
    return this.#exact[type].get(value)[0];
  }

  /** @param value of an exact type. */
  read(row: number, value?: string): KnownSignal {
    return this.table.read(row, value);
  }

  /** Whether a row is still the signal that was found there: of this type and so far from `hash`, which may be longer. */
  isAt(row: number, type: PerceptualType, hash: Uint8Array, distance: number): boolean {
    return this.table.typeOf(row) === type && bitsBetween(this.table.valueOf(row), hash) === distance;
  }

  /** Whatever was known of it before, it is this now. */
  put(signal: PagedSignal): void {
    const present = this.find(signal.type, signal.value);
    if (signal.contributions.length === 0) {
      if (present !== undefined) this.#remove(signal, present);
      return;
    }
    if (present !== undefined) {
      this.table.change(present, signal);
      // Whoever stood behind it first may have known no frames.
      if (signal.type === 'vpdq') this.frames.add(present, signal.frames);
      return;
    }
    const row = this.table.add(signal);
    if (isPerceptual(signal.type)) this.#perceptual[signal.type].insertMany(Uint32Array.of(row), signal.value);
    else this.#exact[signal.type].insert(signal.value, row);
    if (signal.type === 'vpdq') this.frames.add(row, signal.frames);
  }

  /** Many of which none is here yet: for loading. */
  load(signals: readonly PagedSignal[]): void {
    for (const type of PERCEPTUAL_TYPES) {
      const mine = signals.filter((signal) => signal.type === type && signal.contributions.length > 0);
      if (mine.length === 0) continue;
      const rows = Uint32Array.from(mine, (signal) => this.table.add(signal));
      const hashes = new Uint8Array(mine.length * 32);
      mine.forEach(({ value }, at) => hashes.set(value, at * 32));
      this.#perceptual[type].insertMany(rows, hashes);
    }
    for (const signal of signals) if (!isPerceptual(signal.type)) this.put(signal);
  }

  /** One slice of what the indexes have to rearrange; true while there is more. */
  tidy(): boolean {
    const wanting = [...Object.values(this.#perceptual), this.frames.index].find((index) => index.needsRebuild);
    return wanting?.rebuildStep() ?? false;
  }

  find(type: SignalType, value: Uint8Array): number | undefined {
    if (!isPerceptual(type)) return this.exact(type, value);
    const equal = this.#perceptual[type].queryMany(value, 0);
    return equal.count > 0 ? equal.ids[0] : undefined;
  }

  #remove({ type, value }: PagedSignal, row: number): void {
    if (isPerceptual(type)) this.#perceptual[type].remove(row);
    else this.#exact[type].remove(value, row);
    if (type === 'vpdq') this.frames.remove(row);
    this.table.remove(row);
  }
}

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function bitsBetween(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let at = 0; at < a.length; at++) bits += BITS[(a[at] ?? 0) ^ (b[at] ?? 0)] ?? 0;
  return bits;
}
