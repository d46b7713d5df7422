import type { JsonObject } from '../domain/canonical';
import type { Tx } from '../infra/database/work';
import { pendingReceipt } from '../ledger/receipt.interceptor';
import type { Receipts } from '../ledger/receipts';
import type { EntryBodyView } from '../ledger/ledger.dto';
import type { CustodyEntryView } from './exhibit.dto';

interface Row {
  readonly id: string;
  readonly seq: string | null;
  readonly kind: string;
  readonly at: Date;
  readonly organisation_id: string | null;
  readonly bytes: Buffer;
  readonly leaf_hash: Buffer;
  readonly shared: string | null;
  readonly shared_salt: Buffer | null;
  readonly internal: string | null;
  readonly internal_salt: Buffer | null;
}

const ENTRIES = `
  select e.id, l.seq, e.kind, e.at, e.organisation_id, e.bytes, e.leaf_hash, s.body as shared, s.salt as shared_salt,
    i.body as internal, i.salt as internal_salt
  from ledger_entry e
    left join ledger_leaf l on l.entry_id = e.id
    left join ledger_body s on s.entry_id = e.id and s.part = 'shared'
    left join ledger_body i on i.entry_id = e.id and i.part = 'internal'
  where e.exhibit_id = $1
  order by l.seq nulls last, e.id`;

function bodyOf(text: string | null, salt: Buffer | null): EntryBodyView | null {
  if (text === null || salt === null) return null;
  const body: JsonObject = JSON.parse(text);
  return { body, salt: salt.toString('hex') };
}

/** Everything the ledger says of one exhibit, in the order of the tree, each entry with its proof. */
export async function custodyOf(tx: Tx, receipts: Receipts, exhibitId: string): Promise<CustodyEntryView[]> {
  const rows = await tx.query<Row[]>(ENTRIES, [exhibitId]);
  const issued = await receipts.issue(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    seq: row.seq === null ? null : Number(row.seq),
    id: row.id,
    kind: row.kind,
    at: row.at.toISOString(),
    actorOrganisation: row.organisation_id,
    digest: row.leaf_hash.toString('hex'),
    bytes: row.bytes.toString('base64'),
    shared: bodyOf(row.shared, row.shared_salt),
    internal: bodyOf(row.internal, row.internal_salt),
    receipt: issued.get(row.id) ?? pendingReceipt(row.id),
  }));
}
