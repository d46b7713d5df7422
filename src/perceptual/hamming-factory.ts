import { HammingEngine } from './hamming-engine';
import { HammingIndex } from './hamming-index';
import type { HammingStore } from './hamming-search';
import { hammingModule } from './hamming-wasm';

export interface HammingOptions {
  /** Where each of the 256 bits goes before the hash is cut into chunks; see bit-permutation.ts. */
  readonly permutation?: Uint8Array;
}

/**
 * An empty index: in WebAssembly where SIMD and shared memory are to be had, otherwise in plain TypeScript. Both answer
 * alike.
 * @param expected entries to make room for at once, so that loading does not rebuild; the index grows all the same.
 */
export function createHammingIndex(expected = 0, options: HammingOptions = {}): HammingStore {
  return hammingModule() ? new HammingEngine(expected, options) : new HammingIndex(expected, options.permutation);
}
