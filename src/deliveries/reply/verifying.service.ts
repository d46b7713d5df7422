import { Injectable } from '@nestjs/common';
import { authorityOf } from '../../accounts/registry/registry.queries';
import type { AuthorityView } from '../../accounts/registry/registry.dto';
import type { NoticeKind } from '../../domain/vocabulary';
import { Work } from '../../infra/database/work';
import { readCode } from './secrets';

export interface Verified {
  readonly sender: string;
  readonly kind: NoticeKind | 'advance_information';
  readonly authority: AuthorityView | null;
  readonly reference: string;
  readonly digest: string | null;
  readonly mailedAt: Date;
  readonly takenBackAt: Date | null;
}

interface Row {
  readonly sender_id: string;
  readonly sender: string;
  readonly kind: Verified['kind'];
  readonly reference: string;
  readonly digest: string | null;
  readonly created_at: Date;
  readonly taken_back_at: Date | null;
}

/** Whose turn it is: all who type a code share what one organisation has. */
const BY_CODE = 'verify';

/** Who wrote a mail, told to whoever typed the code in it: nothing of what the notice is about, and no way to answer it. */
@Injectable()
export class Verifying {
  constructor(private readonly work: Work) {}

  /** Null for a code that is none, and for one that nobody was sent: one look-up either way. */
  async lookUp(typed: string): Promise<Verified | null> {
    const code = readCode(typed) ?? '';
    return this.work.asWorkerFor(BY_CODE, async (tx) => {
      const [row] = await tx.query<Row[]>(
        `select n.sender_id, o.name as sender, n.kind, n.reference, l.created_at,
           coalesce(n.withdrawn_at, n.annulled_at) as taken_back_at,
           (select encode(e.leaf_hash, 'hex') from ledger_entry e where e.notice_id = n.id and e.kind = 'notice.sent') as digest
         from reply_link l join notice n on n.id = l.notice_id join organisation o on o.id = n.sender_id where l.code = $1
         union all
         select d.organisation_id, o.name, 'advance_information', '', d.created_at, null,
           (select encode(e.leaf_hash, 'hex') from ledger_entry e where e.id = i.entry_id)
         from advance_delivery d join advance_information i on i.id = d.information_id join organisation o on o.id = d.organisation_id
         where d.code = $1`,
        [code],
      );
      if (!row) return null;
      const { sender, kind, reference, digest, created_at: mailedAt, taken_back_at: takenBackAt } = row;
      const authority = await authorityOf(tx, row.sender_id);
      return { sender, kind, authority, reference, digest, mailedAt, takenBackAt };
    });
  }
}
