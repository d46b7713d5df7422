import { endOf } from '../../domain/deadlines';
import type { Tx } from '../../infra/database/work';
import type { AdvanceInformationView } from './orders.dto';

interface InformationRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly platform_id: string;
  readonly sent_at: Date;
  readonly text: string;
  readonly by_mail_alone: boolean;
  readonly received_at: Date | null;
}

/** The first receipt by mail that stands. */
const RECEIVED_AT = `(select min(d.receipt_at) from advance_delivery d where d.information_id = i.id and d.state = 'delivered')`;

/** What the transaction's organisation sent or was sent, newest first. */
export async function informationsOf(tx: Tx, id: string | null = null): Promise<AdvanceInformationView[]> {
  const rows = await tx.query<InformationRow[]>(
    `select i.id, i.organisation_id, i.platform_id, i.sent_at, i.text, i.by_mail_alone, ${RECEIVED_AT} as received_at
     from advance_information i where $1::uuid is null or i.id = $1 order by i.sent_at desc, i.id desc limit 500`,
    [id],
  );
  return rows.map(toView);
}

export interface Informed {
  /** From when on the twelve hours of the pair run; null: they have not begun. */
  readonly at: Date | null;
  /** It was sent, and a platform that has nothing but mail has not received it. */
  readonly awaitsReceipt: boolean;
}

/** Since when a provider has had the information of this authority (Art. 3(2)). */
export async function informedBy(tx: Tx, authorityId: string, platformId: string): Promise<Informed> {
  const [row] = await tx.query<{ at: Date | null; sent: number }[]>(
    `select min(case when i.by_mail_alone then ${RECEIVED_AT} else i.sent_at end) as at, count(*)::int as sent
     from advance_information i where i.organisation_id = $1 and i.platform_id = $2`,
    [authorityId, platformId],
  );
  const at = row?.at ?? null;
  return { at, awaitsReceipt: at === null && (row?.sent ?? 0) > 0 };
}

function toView(row: InformationRow): AdvanceInformationView {
  const beginsAt = row.by_mail_alone ? row.received_at : row.sent_at;
  return {
    id: row.id,
    authorityId: row.organisation_id,
    platformId: row.platform_id,
    sentAt: row.sent_at.toISOString(),
    text: row.text,
    byMailAlone: row.by_mail_alone,
    receivedAt: row.received_at?.toISOString() ?? null,
    readyAt: beginsAt && endOf('TCO_FIRST_ORDER_NOTICE', beginsAt).toISOString(),
  };
}
