import * as fc from 'fast-check';
import { EMPTY_RANGE, Hash, appendLeaf, inclusionPath, leafHash, proofHashes, rootOf, verifyInclusion } from './merkle';
import { EMPTY_EDGE, Tile, TileEdge, extendEdge, rangeOfEdge, subtreeRoot, tileOf, tilePath, widthAt } from './tiles';

const leaf = (i: number): Hash => leafHash(Uint8Array.of(i & 255, (i >> 8) & 255, i >> 16));
const leaves = Array.from({ length: 70_000 }, (_, i) => leaf(i));

function build(size: number, batch: number): { edge: TileEdge; tiles: Map<string, Tile> } {
  let edge = EMPTY_EDGE;
  const tiles = new Map<string, Tile>();
  for (let at = 0; at < size; at += batch) {
    const grown = extendEdge(edge, leaves.slice(at, Math.min(size, at + batch)));
    edge = grown.edge;
    for (const tile of grown.full) {
      const key = tilePath(tile.level, tile.index);
      expect(tiles.has(key)).toBe(false);
      tiles.set(key, tile);
    }
  }
  return { edge, tiles };
}

describe('tiles of 256 hashes', () => {
  it('stores a tile when it is full and never again, whatever the size of the batches', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 1, max: 700 }), (size, batch) => {
        const { edge, tiles } = build(size, batch);
        expect(tiles.size).toBe(Math.floor(size / 256));
        expect(edge.rows[0] ?? []).toEqual(leaves.slice(size - (size % 256), size));
        const range = leaves.slice(0, size).reduce((grown, each) => appendLeaf(grown, each), EMPTY_RANGE);
        expect(rangeOfEdge(edge)).toEqual(range);
      }),
      { numRuns: 25 },
    );
  });

  it('carries full tiles into the second level and proves leaves from tiles and edge alone', () => {
    const size = 65_536 + 256 + 7;
    const { edge, tiles } = build(size, 2000);
    expect(tiles.get('tile/1/000')?.hashes).toHaveLength(256);
    expect(edge.rows.map((row) => row.length)).toEqual([7, 1, 1]);
    const root = rootOf(rangeOfEdge(edge));
    for (const index of [0, 255, 256, 65_535, 65_536, 65_790, size - 1]) {
      const proof = proofHashes(inclusionPath(index, size), (ref) => {
        const { level, index: at, row, first } = tileOf(ref);
        const hashes = tiles.get(tilePath(level, at))?.hashes ?? edge.rows[level] ?? [];
        return subtreeRoot(hashes, first, row);
      });
      expect(verifyInclusion(index, size, leaves[index]!, proof, root)).toBe(true);
    }
    expect([0, 1, 2, 3].map((level) => widthAt(size, level))).toEqual([size, 257, 1, 0]);
  });

  it('names tiles as C2SP tlog-tiles does', () => {
    expect(tilePath(0, 5)).toBe('tile/0/005');
    expect(tilePath(0, 1_234_067)).toBe('tile/0/x001/x234/067');
  });

  it('refuses a subtree that the tile does not hold', () => {
    expect(() => subtreeRoot(leaves.slice(0, 3), 0, 2)).toThrow(RangeError);
  });
});
