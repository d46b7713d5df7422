import { SCRATCH_OWNER, SIZE } from './hamming-layout';
import { HammingProbe } from './hamming-probe';
import { MatchBuffer, checkRadius } from './hamming-search';
import type { HammingMatch, HammingScan, HammingSearch, SharedHammingIndex } from './hamming-search';
import { instantiateHamming } from './hamming-wasm';
import type { WasmMemory } from './hamming-wasm';
import { bytesOfWords, parseHash256 } from './hex';
import type { HashWords } from './hex';

/** Asks an index that another thread writes; see `HammingEngine` for what it sees when. */
export class HammingReader implements HammingSearch {
  readonly #probe: HammingProbe;
  readonly #size: Int32Array;

  private constructor(probe: HammingProbe, size: Int32Array) {
    this.#probe = probe;
    this.#size = size;
  }

  /**
   * @param shared what `share` gave for this reader alone.
   * @throws RangeError when another reader has it already: they would overwrite each other's questions.
   */
  static attach(shared: SharedHammingIndex): HammingReader {
    // It is what `share` made, cloned.
    const memory = shared.memory as WasmMemory;
    const words = new Int32Array(memory.buffer);
    if (Atomics.exchange(words, (shared.scratch + SCRATCH_OWNER) >> 2, 1) !== 0) {
      throw new RangeError('Each reader needs a share of its own');
    }
    const run = instantiateHamming(shared.module, memory);
    return new HammingReader(new HammingProbe(run, memory, shared.scratch), words.subarray(SIZE >> 2, (SIZE >> 2) + 1));
  }

  get size(): number {
    return Atomics.load(this.#size, 0);
  }

  query(hash: string | HashWords, radius: number): HammingMatch[] {
    return this.#probe.query(hash, radius);
  }

  queryMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): MatchBuffer {
    const scan = this.startMany(hashes, radius, out);
    while (!scan.step());
    return out;
  }

  start(hash: string | HashWords, radius: number): HammingScan {
    checkRadius(radius);
    return this.startMany(bytesOfWords(typeof hash === 'string' ? parseHash256(hash) : hash), radius);
  }

  startMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): HammingScan {
    return this.#probe.startMany(hashes, radius, out);
  }
}
