import { CompactRange, Hash, NodeHasher, NodeRef, nodeHash, perfectNodes } from './merkle';

/**
 * Tiles of C2SP tlog-tiles: a tile of level L holds 256 neighbouring node hashes of tree level 8·L. Only full tiles
 * are stored, so a stored tile never changes; the right edge is rebuilt from the leaves and the roots of lower tiles.
 */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;

export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Hash[];
  readonly root: Hash;
}

/** The hashes of each tile level that do not fill a tile yet: `rows[L]` has (size / 256^L) mod 256 of them. */
export interface TileEdge {
  readonly size: number;
  readonly rows: readonly (readonly Hash[])[];
}

export const EMPTY_EDGE: TileEdge = { size: 0, rows: [] };

/** How many node hashes tile level `level` has in a tree of `size` leaves (only those of perfect subtrees). */
export function widthAt(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tile a node is computed from: its leaves' hashes are `[first, first + 2^row)` of that tile. */
export function tileOf(ref: NodeRef): { level: number; index: number; row: number; first: number } {
  const level = Math.floor(ref.level / TILE_HEIGHT);
  const row = ref.level % TILE_HEIGHT;
  const at = ref.index * 2 ** row;
  return { level, index: Math.floor(at / TILE_WIDTH), row, first: at % TILE_WIDTH };
}

/** The root of the perfect subtree over `hashes[first … first + 2^row)`. */
export function subtreeRoot(
  hashes: readonly Hash[],
  first = 0,
  row = TILE_HEIGHT,
  combine: NodeHasher = nodeHash,
): Hash {
  if (first + 2 ** row > hashes.length) throw new RangeError('the tile does not hold this subtree');
  const root = (from: number, height: number): Hash =>
    height === 0 ? at(hashes, from) : combine(root(from, height - 1), root(from + 2 ** (height - 1), height - 1));
  return root(first, row);
}

function at(hashes: readonly Hash[], index: number): Hash {
  const hash = hashes[index];
  if (hash === undefined) throw new RangeError('the tile does not hold this hash');
  return hash;
}

/** Adds leaves to the edge and returns the tiles that became full, lower levels first. */
export function extendEdge(
  edge: TileEdge,
  leaves: readonly Hash[],
  combine: NodeHasher = nodeHash,
): { edge: TileEdge; full: Tile[] } {
  const full: Tile[] = [];
  const rows = edge.rows.map((row) => [...row]);
  let incoming = leaves;
  const size = edge.size + leaves.length;
  for (let level = 0; incoming.length > 0; level++) {
    const row = [...(rows[level] ?? []), ...incoming];
    const firstIndex = Math.floor(widthAt(edge.size, level) / TILE_WIDTH);
    const roots: Hash[] = [];
    while (row.length >= TILE_WIDTH) {
      const hashes = row.splice(0, TILE_WIDTH);
      const root = subtreeRoot(hashes, 0, TILE_HEIGHT, combine);
      full.push({ level, index: firstIndex + roots.length, hashes, root });
      roots.push(root);
    }
    rows[level] = row;
    incoming = roots;
  }
  return { edge: { size, rows }, full };
}

/** The compact range of the same tree: the digits of its size in base 256, each split into its one bits. */
export function rangeOfEdge(edge: TileEdge, combine: NodeHasher = nodeHash): CompactRange {
  const hashes = edge.rows
    .toReversed()
    .flatMap((row) =>
      perfectNodes(0, row.length).map((node) => subtreeRoot(row, node.index * 2 ** node.level, node.level, combine)),
    );
  return { size: edge.size, hashes };
}

/** `tile/<level>/x001/x234/067`, the address of a full tile in C2SP tlog-tiles. */
export function tilePath(level: number, index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}`;
}
