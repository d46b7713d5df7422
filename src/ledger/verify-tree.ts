import { parseCheckpoint, parseNote, signedBytes, type VerifierKey } from '../domain/checkpoint';
import { EMPTY_RANGE, appendLeaf, equalHashes, rootOf, type CompactRange, type Hash } from '../domain/merkle';
import { EMPTY_EDGE, extendEdge, type Tile, type TileEdge } from '../domain/tiles';
import type { Tx } from '../infra/database/work';
import { verifySignatureAside } from './ledger-key';
import { nodeHash } from './native-hash';

export interface LedgerFault {
  /** Null for what is not in the tree (yet). */
  readonly seq: number | null;
  readonly entryId: string | null;
  readonly what: string;
}

export interface CheckpointRow {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
  readonly at: Date;
}

/** Grows the tree again from its leaves and holds every stored tile and checkpoint against it. */
export class TreeCheck {
  range: CompactRange = EMPTY_RANGE;
  tiles = 0;
  checkpoints = 0;
  /** The size of the last checkpoint that was met: everything up to there is signed. */
  signedSize = -1;
  private edge: TileEdge = EMPTY_EDGE;

  constructor(private readonly key: VerifierKey) {}

  /** The next leaves, with the stored checkpoints of every size from the present one up to that with these leaves. */
  async grow(tx: Tx, leaves: readonly Hash[], checkpoints: readonly CheckpointRow[]): Promise<LedgerFault[]> {
    const faults: Promise<LedgerFault | null>[] = [];
    let next = 0;
    const meet = (): void => {
      for (let row = checkpoints[next]; row && Number(row.size) <= this.range.size; row = checkpoints[++next]) {
        faults.push(this.checkpoint(row));
      }
    };
    meet();
    for (const leaf of leaves) {
      this.range = appendLeaf(this.range, leaf, nodeHash);
      meet();
    }
    const grown = extendEdge(this.edge, leaves, nodeHash);
    this.edge = grown.edge;
    const found = [...(await wrongTiles(tx, grown.full)), ...(await Promise.all(faults))];
    this.tiles += grown.full.length;
    return found.filter((fault) => fault !== null);
  }

  private async checkpoint(row: CheckpointRow): Promise<LedgerFault | null> {
    const size = Number(row.size);
    const root = rootOf(this.range, nodeHash);
    this.checkpoints++;
    this.signedSize = size;
    const bad = (what: string): LedgerFault => ({
      seq: Math.max(size - 1, 0),
      entryId: null,
      what: `checkpoint ${size}: ${what}`,
    });
    if (size !== this.range.size) return bad('it is of a size that was passed already');
    if (!equalHashes(root, row.root)) return bad('the leaves lead to another root');
    try {
      const note = parseNote(row.note);
      const { origin, size: stated, root: signed, at } = parseCheckpoint(note.text);
      if (origin !== this.key.name) return bad('it is of another ledger');
      if (stated !== size || !equalHashes(signed, row.root)) return bad('its columns are not what was signed');
      if (at?.getTime() !== row.at.getTime()) return bad('its instant is not what was signed');
      const mine = signedBytes(note, this.key);
      return mine && (await verifySignatureAside(mine)) ? null : bad('its signature is wrong');
    } catch (error) {
      return bad(error instanceof Error ? error.message : 'it cannot be read');
    }
  }
}

/** The stored tiles that are not these. */
async function wrongTiles(tx: Tx, tiles: readonly Tile[]): Promise<LedgerFault[]> {
  if (tiles.length === 0) return [];
  const rows: { level: number; index: string; root: Buffer; hashes: Buffer }[] = await tx.query(
    `select level, index, root, hashes from ledger_tile
     where (level, index) in (select * from unnest($1::smallint[], $2::bigint[]))`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  );
  const stored = new Map(rows.map((row) => [`${row.level}/${row.index}`, row]));
  return tiles.flatMap(({ level, index, root, hashes }) => {
    const row = stored.get(`${level}/${index}`);
    const fault = (what: string): LedgerFault[] => [
      { seq: index * 256 ** (level + 1), entryId: null, what: `tile ${index} of level ${level}: ${what}` },
    ];
    if (!row) return fault('it is missing');
    if (!equalHashes(Buffer.concat(hashes), row.hashes)) return fault('its hashes are not those of the leaves');
    return equalHashes(root, row.root) ? [] : fault('its root is not that of its hashes');
  });
}
