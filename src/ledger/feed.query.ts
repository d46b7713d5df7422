import type { Tx } from '../infra/database/work';
import type { FeedEntryView, FeedPageView } from './ledger.dto';

interface Row {
  readonly seq: string;
  readonly leaf: string;
  readonly id: string;
  readonly bytes: Buffer;
  readonly digest: Buffer;
  readonly shared: string | null;
  readonly shared_salt: Buffer | null;
  readonly internal: string | null;
  readonly internal_salt: Buffer | null;
}

const PAGE = `
  select a.seq, a.leaf_seq as leaf, e.id, e.bytes, l.leaf_hash as digest,
    s.body as shared, s.salt as shared_salt, i.body as internal, i.salt as internal_salt
  from ledger_audience a
    join ledger_leaf l on l.seq = a.leaf_seq
    join ledger_entry e on e.id = l.entry_id
    left join ledger_body s on s.entry_id = e.id and s.part = 'shared'
    left join ledger_body i on i.entry_id = e.id and i.part = 'internal'
  where a.organisation_id = $1 and a.seq > $2 and a.seq < $3
  order by a.seq, a.leaf_seq limit $4`;

/** The number of leaves under the newest checkpoint. */
export async function treeSize(tx: Tx): Promise<number> {
  const [head]: { size: string }[] = await tx.query(`select size from ledger_checkpoint order by size desc limit 1`);
  return Number(head?.size ?? 0);
}

/**
 * One organisation's entries after a sequence number. `through` says up to where nothing is missing, also when none of it
 * was for this organisation: leaves and audience of a batch are committed with its checkpoint.
 */
export async function feedPage(tx: Tx, organisationId: string, after: number, limit: number): Promise<FeedPageView> {
  const size = await treeSize(tx);
  const rows: Row[] = await tx.query(PAGE, [organisationId, after, size, limit + 1]);
  if (rows.length <= limit) return { entries: rows.map(toView), through: Math.max(size - 1, after) };
  // A place in the feed is delivered whole or not at all: a cursor points between places, not into one.
  const cut = Number(rows[limit]?.seq);
  const whole = rows.filter((row) => Number(row.seq) < cut);
  if (whole.length > 0) return { entries: whole.map(toView), through: cut - 1 };
  const all: Row[] = await tx.query(PAGE, [organisationId, cut - 1, cut + 1, null]);
  return { entries: all.map(toView), through: cut };
}

function toView(row: Row): FeedEntryView {
  // Written by us and held to RFC 8785 and the form of an entry when it was appended.
  const entry: Pick<FeedEntryView, 'kind' | 'at' | 'subjects' | 'dims'> & { org: string | null } = JSON.parse(
    row.bytes.toString(),
  );
  return {
    seq: Number(row.seq),
    leaf: Number(row.leaf),
    id: row.id,
    kind: entry.kind,
    at: entry.at,
    organisationId: entry.org,
    subjects: entry.subjects,
    dims: entry.dims,
    ...body('shared', row.shared, row.shared_salt),
    ...body('internal', row.internal, row.internal_salt),
    digest: row.digest.toString('hex'),
    bytes: row.bytes.toString('base64'),
  };
}

function body(part: 'shared' | 'internal', text: string | null, salt: Buffer | null): Partial<FeedEntryView> {
  return text === null || salt === null ? {} : { [part]: { body: JSON.parse(text), salt: salt.toString('hex') } };
}
