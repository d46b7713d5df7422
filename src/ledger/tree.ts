import { HASH_BYTES, proofHashes, type Hash, type NodeRef } from '../domain/merkle';
import { TILE_WIDTH, extendEdge, subtreeRoot, tileOf, widthAt, type Tile, type TileEdge } from '../domain/tiles';
import type { Tx } from '../infra/database/work';
import { nodeHash } from './native-hash';

/** The stored tree does not hold what its size says. Nothing is signed or proved then; `clepsydra verify` says where. */
export class TornLedgerError extends Error {
  constructor(what: string) {
    super(`the ledger's tree is torn: ${what}`);
  }
}

/** The right edge of the tree of `size` leaves: the last leaves, and the roots of the last tiles of each level. */
export async function loadEdge(tx: Tx, size: number): Promise<TileEdge> {
  const rows: Hash[][] = [];
  for (let level = 0; level === 0 || widthAt(size, level) > 0; level++) {
    const width = widthAt(size, level);
    const start = width - (width % TILE_WIDTH);
    rows.push(level === 0 ? await leavesBetween(tx, start, width) : await rootsBetween(tx, level - 1, start, width));
  }
  return { size, rows };
}

export async function leavesBetween(tx: Tx, from: number, to: number): Promise<Hash[]> {
  const rows: { hash: Buffer }[] = await tx.query(
    `select leaf_hash as hash from ledger_leaf where seq >= $1 and seq < $2 order by seq`,
    [from, to],
  );
  if (rows.length !== to - from) throw new TornLedgerError(`leaves ${from} to ${to} are not all there`);
  return rows.map(({ hash }) => hash);
}

async function rootsBetween(tx: Tx, level: number, from: number, to: number): Promise<Hash[]> {
  const rows: { root: Buffer }[] = await tx.query(
    `select root from ledger_tile where level = $1 and index >= $2 and index < $3 order by index`,
    [level, from, to],
  );
  if (rows.length !== to - from)
    throw new TornLedgerError(`tiles ${from} to ${to} of level ${level} are not all there`);
  return rows.map(({ root }) => root);
}

export function hashesOfTile(bytes: Buffer): Hash[] {
  return Array.from({ length: TILE_WIDTH }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

const MOST_TILES = 512;
const MOST_CATCHING_UP = 20_000;
const keyOf = (level: number, index: number): string => `${level}/${index}`;

/** Reads proofs out of the stored tree. Keeps the right edge of the newest tree it saw, and the last tiles it used. */
export class Tree {
  private edge: TileEdge | null = null;
  private readonly tiles = new Map<string, readonly Hash[]>();

  /** Proof hashes, one list per path, for the tree of `size` leaves. */
  async prove(tx: Tx, size: number, paths: readonly (readonly (readonly NodeRef[])[])[]): Promise<Hash[][]> {
    const edge = await this.edgeAt(tx, size);
    const tiles = await this.loadTiles(tx, edge, paths.flat(2));
    const known = new Map<string, Hash>();
    const node = (ref: NodeRef): Hash => {
      const name = keyOf(ref.level, ref.index);
      const hash = known.get(name) ?? nodeOf(edge, tiles, ref);
      known.set(name, hash);
      return hash;
    };
    return paths.map((path) => proofHashes(path, node, nodeHash));
  }

  /** The newest edge moves on by reading the new leaves only; an older tree's is read for the occasion. */
  private async edgeAt(tx: Tx, size: number): Promise<TileEdge> {
    const edge = this.edge;
    if (edge?.size === size) return edge;
    if (!edge || size < edge.size || size - edge.size > MOST_CATCHING_UP) {
      const loaded = await loadEdge(tx, size);
      if (!this.edge || size > this.edge.size) this.edge = loaded;
      return loaded;
    }
    const grown = extendEdge(edge, await leavesBetween(tx, edge.size, size), nodeHash);
    grown.full.forEach((tile) => this.keep(tile));
    if (!this.edge || size > this.edge.size) this.edge = grown.edge;
    return grown.edge;
  }

  /** The full tiles that these nodes are computed from. They are the caller's own: the cache may let go meanwhile. */
  private async loadTiles(
    tx: Tx,
    edge: TileEdge,
    refs: readonly NodeRef[],
  ): Promise<ReadonlyMap<string, readonly Hash[]>> {
    const needed = new Map<string, readonly Hash[]>();
    const missing = new Map<string, { level: number; index: number }>();
    for (const ref of refs) {
      const { level, index } = tileOf(ref);
      if (!isFull(edge.size, level, index)) continue;
      const name = keyOf(level, index);
      const cached = this.tiles.get(name);
      if (cached) needed.set(name, cached);
      else missing.set(name, { level, index });
    }
    if (missing.size === 0) return needed;
    const tiles = [...missing.values()];
    const rows: { level: number; index: string; hashes: Buffer }[] = await tx.query(
      `select level, index, hashes from ledger_tile
       where (level, index) in (select * from unnest($1::smallint[], $2::bigint[]))`,
      [tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
    );
    for (const row of rows) {
      const tile = { level: row.level, index: Number(row.index), hashes: hashesOfTile(row.hashes) };
      this.keep(tile);
      needed.set(keyOf(tile.level, tile.index), tile.hashes);
    }
    return needed;
  }

  /** Keeps a tile; lets go of those kept longest. Tiles never change, so any of them may stay. */
  private keep({ level, index, hashes }: Pick<Tile, 'level' | 'index' | 'hashes'>): void {
    this.tiles.set(keyOf(level, index), hashes);
    for (const name of this.tiles.keys()) {
      if (this.tiles.size <= MOST_TILES) return;
      this.tiles.delete(name);
    }
  }
}

function nodeOf(edge: TileEdge, tiles: ReadonlyMap<string, readonly Hash[]>, ref: NodeRef): Hash {
  const { level, index, row, first } = tileOf(ref);
  const hashes = isFull(edge.size, level, index) ? tiles.get(keyOf(level, index)) : edge.rows[level];
  if (!hashes) throw new TornLedgerError(`tile ${index} of level ${level} is not there`);
  return subtreeRoot(hashes, first, row, nodeHash);
}

function isFull(size: number, level: number, index: number): boolean {
  return (index + 1) * TILE_WIDTH <= widthAt(size, level);
}
