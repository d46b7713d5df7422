/**
 * Perceptual hashes by themselves: no network, no Node, no dependency. Node 20 or newer and every current browser.
 * Decoding is the caller's: give pixels of 8 bits a sample, as `sharp(...).raw()` or a canvas makes them.
 */
export {
  PDQ_MATCH_RADIUS,
  PDQ_MIN_QUALITY,
  PDQ_MIN_SIDE,
  pdqDihedral,
  pdqHash,
  type PdqHash,
} from '../../src/perceptual/pdq';
export type { PdqTurn } from '../../src/perceptual/pdq-dct';
export { pdqHashFast, type FastPdq } from '../../src/perceptual/pdq-jpeg';
export { blockhash } from '../../src/perceptual/blockhash';
export { hammingDistance } from '../../src/perceptual/hamming';
export { createHammingIndex, type HammingOptions } from '../../src/perceptual/hamming-factory';
export { HammingIndex } from '../../src/perceptual/hamming-index';
export {
  MAX_RADIUS,
  MatchBuffer,
  type HammingMatch,
  type HammingScan,
  type HammingSearch,
  type HammingStore,
} from '../../src/perceptual/hamming-search';
export { HASH256_WORDS, formatHash256, isHash256, parseHash256, type HashWords } from '../../src/perceptual/hex';
export type { Pixels } from '../../src/perceptual/pixels';
export {
  VPDQ_RADIUS,
  VPDQ_THRESHOLDS,
  compareFrames,
  isVpdqMatch,
  usableFrames,
  vpdqDigest,
  type VpdqComparison,
  type VpdqFrame,
  type VpdqThresholds,
} from '../../src/perceptual/vpdq';
export { formatVpdqJson, formatVpdqText, parseVpdqJson, parseVpdqText } from '../../src/perceptual/vpdq-text';
