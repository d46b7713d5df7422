import { sha256 } from '@noble/hashes/sha2.js';

/**
 * The Merkle tree of RFC 6962 section 2 / RFC 9162 section 2.1: hashing, incremental append, and both proofs with
 * their verifiers. Sizes and indexes are plain numbers (exact up to 2^53), so nothing here shifts bits.
 */
export type Hash = Uint8Array;
export type NodeHasher = (left: Hash, right: Hash) => Hash;

/** A perfect subtree: the node `index` (from the left, from 0) of `level` (0 = leaves). */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

/** The roots of the perfect subtrees that a tree of `size` leaves consists of, widest first. */
export interface CompactRange {
  readonly size: number;
  readonly hashes: readonly Hash[];
}

export const HASH_BYTES = 32;
export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] };

/** SHA-256(0x00 ‖ bytes), RFC 9162 section 2.1.1. */
export function leafHash(bytes: Uint8Array): Hash {
  const input = new Uint8Array(1 + bytes.length);
  input.set(bytes, 1);
  return sha256(input);
}

/** SHA-256(0x01 ‖ left ‖ right), RFC 9162 section 2.1.1. */
export function nodeHash(left: Hash, right: Hash): Hash {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

export function equalHashes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The range with one more leaf: as many merges as the old size has trailing one bits. */
export function appendLeaf(range: CompactRange, leaf: Hash, combine: NodeHasher = nodeHash): CompactRange {
  const hashes = range.hashes.slice();
  let carry = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = hashes.pop();
    if (left === undefined) throw new RangeError('a compact range has fewer hashes than its size has one bits');
    carry = combine(left, carry);
  }
  hashes.push(carry);
  return { size: range.size + 1, hashes };
}

/** MTH of the range. The empty tree's root is SHA-256 of nothing. */
export function rootOf(range: CompactRange, combine: NodeHasher = nodeHash): Hash {
  const last = range.hashes.at(-1);
  if (last === undefined) return sha256(new Uint8Array());
  return range.hashes.slice(0, -1).reduceRight((right, left) => combine(left, right), last);
}

/** The largest power of two smaller than n (n ≥ 2): where RFC 9162 splits a tree of n leaves. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The perfect subtrees that leaves [start, end) consist of; folded from the right they give that range's root. */
export function perfectNodes(start: number, end: number): NodeRef[] {
  const n = end - start;
  if (n <= 0) return [];
  if (n === 1) return [{ level: 0, index: start }];
  const k = split(n);
  if (k * 2 === n) return [{ level: Math.round(Math.log2(n)), index: start / n }];
  return [...perfectNodes(start, start + k), ...perfectNodes(start + k, end)];
}

/**
 * What an inclusion proof of leaf `index` in a tree of `size` leaves is made of (RFC 9162 section 2.1.3.1): one
 * group of perfect subtrees per proof hash, so that a caller can fetch all nodes first and hash afterwards.
 */
export function inclusionPath(index: number, size: number): NodeRef[][] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('the leaf is not in the tree');
  const path: NodeRef[][] = [];
  let [low, high] = [0, size];
  while (high - low > 1) {
    const middle = low + split(high - low);
    if (index < middle) {
      path.push(perfectNodes(middle, high));
      high = middle;
    } else {
      path.push(perfectNodes(low, middle));
      low = middle;
    }
  }
  return path.toReversed();
}

/** What a consistency proof from a tree of `from` leaves to one of `to` is made of (RFC 9162 section 2.1.4.1). */
export function consistencyPath(from: number, to: number): NodeRef[][] {
  if (!Number.isSafeInteger(from) || from < 0 || from > to) throw new RangeError('the older tree is not the smaller');
  if (from === 0 || from === to) return [];
  const path: NodeRef[][] = [];
  let [low, high] = [0, to];
  while (high !== from) {
    const middle = low + split(high - low);
    if (from <= middle) {
      path.push(perfectNodes(middle, high));
      high = middle;
    } else {
      path.push(perfectNodes(low, middle));
      low = middle;
    }
  }
  // A complete subtree that starts at leaf 0 is the old root itself, which the verifier already has.
  if (low !== 0) path.push(perfectNodes(low, high));
  return path.toReversed();
}

/** The proof hashes for a path, given the hash of each perfect subtree. */
export function proofHashes(
  path: readonly (readonly NodeRef[])[],
  node: (ref: NodeRef) => Hash,
  combine: NodeHasher = nodeHash,
): Hash[] {
  return path.map((group) => {
    const hashes = group.map(node);
    const last = hashes.pop();
    if (last === undefined) throw new RangeError('a proof hash covers no leaves');
    return hashes.reduceRight((right, left) => combine(left, right), last);
  });
}

/** RFC 9162 section 2.1.3.2. False for anything that does not prove it; never throws. */
export function verifyInclusion(index: number, size: number, leaf: Hash, proof: readonly Hash[], root: Hash): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && equalHashes(hash, root);
}

/** RFC 9162 section 2.1.4.2: the tree of `from` leaves is a prefix of the tree of `to` leaves. Never throws. */
export function verifyConsistency(
  from: number,
  to: number,
  proof: readonly Hash[],
  fromRoot: Hash,
  toRoot: Hash,
): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) return false;
  if (from === to) return proof.length === 0 && equalHashes(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && equalHashes(fromRoot, rootOf(EMPTY_RANGE));
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  // When the old tree is perfect its root is the first node of the path and is not repeated in the proof.
  const [first, ...rest] = fn === 0 ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [older, newer] = [nodeHash(hash, older), nodeHash(hash, newer)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      newer = nodeHash(newer, hash);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && equalHashes(older, fromRoot) && equalHashes(newer, toRoot);
}
