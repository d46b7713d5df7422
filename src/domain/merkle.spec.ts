import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import {
  CompactRange,
  EMPTY_RANGE,
  Hash,
  NodeRef,
  appendLeaf,
  consistencyPath,
  inclusionPath,
  leafHash,
  nodeHash,
  proofHashes,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle';

// The reference tests of certificate-transparency (merkletree/merkle_tree_test.cc), used by every RFC 6962 log.
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const NODE_1_0 = 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125';
const NODE_1_1 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const NODE_1_2 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const NODE_1_3 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const NODE_2_0 = 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7';
const NODE_2_1 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const LEAF_0 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
const LEAF_1 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const LEAF_4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const INCLUSION: [index: number, size: number, proof: string[]][] = [
  [0, 1, []],
  [0, 8, [LEAF_1, NODE_1_1, NODE_2_1]],
  [5, 8, [LEAF_4, NODE_1_3, NODE_2_0]],
  [2, 3, [NODE_1_0]],
  [1, 5, [LEAF_0, NODE_1_1, LEAF_4]],
];
const CONSISTENCY: [from: number, to: number, proof: string[]][] = [
  [1, 1, []],
  [1, 8, [LEAF_1, NODE_1_1, NODE_2_1]],
  [6, 8, [NODE_1_2, NODE_1_3, NODE_2_0]],
  [2, 5, [NODE_1_1, LEAF_4]],
];

/** RFC 9162 section 2.1.1, word for word. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}
const nodeOf = (leaves: readonly Hash[]) => (ref: NodeRef) => {
  const width = 2 ** ref.level;
  expect((ref.index + 1) * width).toBeLessThanOrEqual(leaves.length);
  return naiveRoot(leaves.slice(ref.index * width, (ref.index + 1) * width));
};
const grow = (leaves: readonly Hash[]): CompactRange =>
  leaves.reduce((range, leaf) => appendLeaf(range, leaf), EMPTY_RANGE);
const vectorLeaves = INPUTS.map((input) => leafHash(hexToBytes(input)));
const manyLeaves = Array.from({ length: 70 }, (_, i) => leafHash(Uint8Array.of(i)));
const inclusion = (index: number, leaves: readonly Hash[]) =>
  proofHashes(inclusionPath(index, leaves.length), nodeOf(leaves));
const consistency = (from: number, leaves: readonly Hash[]) =>
  proofHashes(consistencyPath(from, leaves.length), nodeOf(leaves));

describe('the Merkle tree of RFC 6962', () => {
  it('hashes the empty tree to SHA-256 of nothing', () => {
    expect(bytesToHex(rootOf(EMPTY_RANGE))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it.each(ROOTS.map((root, i) => [i + 1, root] as const))('has the reference root at size %i', (size, root) => {
    expect(bytesToHex(rootOf(grow(vectorLeaves.slice(0, size))))).toBe(root);
  });

  it.each(INCLUSION)('proves leaf %i of %i as the reference does', (index, size, proof) => {
    expect(inclusion(index, vectorLeaves.slice(0, size)).map(bytesToHex)).toEqual(proof);
  });

  it.each(CONSISTENCY)('proves %i consistent with %i as the reference does', (from, to, proof) => {
    expect(consistency(from, vectorLeaves.slice(0, to)).map(bytesToHex)).toEqual(proof);
  });

  it('grows to the same root as the recursive definition', () => {
    for (let size = 0; size <= manyLeaves.length; size++) {
      const leaves = manyLeaves.slice(0, size);
      expect(rootOf(grow(leaves))).toEqual(naiveRoot(leaves));
    }
  });

  it('proves every leaf of every tree, and no other leaf, place, size or root', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (n, anyIndex, anyBit, change) => {
        const leaves = manyLeaves.slice(0, n);
        const index = anyIndex % n;
        const [leaf, root, proof] = [leaves[index]!, naiveRoot(leaves), inclusion(index, leaves)];
        expect(verifyInclusion(index, n, leaf, proof, root)).toBe(true);
        expect(verifyInclusion(index, n, leafHash(leaf), proof, root)).toBe(false);
        expect(verifyInclusion(index, n, leaf, [...proof, leaf], root)).toBe(false);
        if (n > 1) {
          expect(verifyInclusion((index + 1) % n, n, leaf, proof, root)).toBe(false);
          expect(verifyInclusion(index, n, leaf, proof.slice(1), root)).toBe(false);
          const altered = proof.map((hash) => hash.slice());
          const target = altered[anyBit % altered.length]!;
          target[anyBit % 32] = target[anyBit % 32]! ^ change;
          expect(verifyInclusion(index, n, leaf, altered, root)).toBe(false);
        }
      }),
    );
  });

  it('proves every tree consistent with every later one, and with no other history', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (to, anyFrom, anyLeaf) => {
        const from = anyFrom % (to + 1);
        const leaves = manyLeaves.slice(0, to);
        const [older, newer, proof] = [naiveRoot(leaves.slice(0, from)), naiveRoot(leaves), consistency(from, leaves)];
        expect(verifyConsistency(from, to, proof, older, newer)).toBe(true);
        if (from === 0) return;
        const rewritten = leaves.with(anyLeaf % from, leafHash(Uint8Array.of(1, 2, 3)));
        const forged = naiveRoot(rewritten);
        expect(verifyConsistency(from, to, consistency(from, rewritten), older, forged)).toBe(false);
        expect(verifyConsistency(from, to, proof, older, forged)).toBe(false);
        expect(verifyConsistency(from, to, [...proof, older], older, newer)).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(from, to, proof.slice(1), older, newer)).toBe(false);
      }),
    );
  });

  it('answers false, and does not throw, for sizes that cannot be', () => {
    const root = naiveRoot(manyLeaves);
    expect(verifyInclusion(70, 70, root, [], root)).toBe(false);
    expect(verifyInclusion(-1, 70, root, [], root)).toBe(false);
    expect(verifyInclusion(0.5, 70, root, [], root)).toBe(false);
    expect(verifyConsistency(71, 70, [], root, root)).toBe(false);
    expect(verifyConsistency(3, 70, [], root, root)).toBe(false);
  });

  it('stays exact for trees of more than 2^32 leaves', () => {
    const size = 2 ** 40 + 3;
    expect(inclusionPath(2 ** 40 + 2, size)).toEqual([[{ level: 1, index: 2 ** 39 }], [{ level: 40, index: 0 }]]);
    expect(inclusionPath(0, size)).toHaveLength(41);
  });
});
