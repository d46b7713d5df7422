import {
  AUTHORITY_COLUMNS,
  toView as authorityView,
  type AuthorityRow,
} from '../../accounts/registry/registry.queries';
import { DomainError } from '../../domain/errors';
import { HOUR_MS } from '../../domain/clock';
import type { FieldFault } from '../../domain/errors';
import type { AnnexI } from '../../domain/forms/forms';
import {
  addressesOf,
  type ManifestError,
  type ReceivedReason,
  type ReceivedState,
  type Refutation,
  type StatedChannel,
} from '../../domain/received-orders';
import { createHash } from 'node:crypto';
import type { Actor, Tx } from '../../infra/database/work';
import type { Cursor } from '../../infra/http/paging';
import type { OrderForm } from './handed-in';
import type {
  ClaimsView,
  ReceivedOrderDetailView,
  ReceivedOrderView,
  ReceivedQuery,
  SameSubjectView,
  SentAnswerView,
} from './received.dto';

export interface ReceivedRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly state: ReceivedState;
  readonly reasons: ReceivedReason[];
  readonly errors: ManifestError[];
  readonly handed_in_at: Date;
  readonly stated_channel: StatedChannel;
  readonly stated_receipt_at: Date | null;
  readonly received_at: Date;
  readonly document_kind: 'json' | 'pdf';
  readonly document_digest: Buffer;
  readonly form: OrderForm | null;
  readonly faults: readonly FieldFault[];
  readonly jws: string | null;
  readonly other_jws: readonly string[];
  readonly kid: string | null;
  readonly is_verified: boolean;
  readonly authority_id: string | null;
  readonly decided_at: Date | null;
  readonly decision_note: string | null;
  readonly refutations: Refutation[];
  readonly notice_id: string | null;
}

/** One's own, locked until the transaction ends: two who decide at once take turns. @throws DomainError `request.not-found` */
export async function lockReceived(tx: Tx, id: string): Promise<ReceivedRow> {
  const [row] = await tx.query<ReceivedRow[]>(`select * from received_order where id = $1 for update`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

export async function lockByIdentity(tx: Tx, actor: Actor, digest: Buffer): Promise<ReceivedRow | null> {
  const [row] = await tx.query<ReceivedRow[]>(
    `select * from received_order where organisation_id = $1 and identity_digest = $2 for update`,
    [actor.organisationId, digest],
  );
  return row ?? null;
}

/** @throws DomainError `request.not-found` */
export async function receivedOf(tx: Tx, id: string): Promise<ReceivedRow> {
  const [row] = await tx.query<ReceivedRow[]>(`select * from received_order where id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

export const listReceived = (tx: Tx, query: ReceivedQuery, after: Cursor | null): Promise<ReceivedRow[]> =>
  tx.query<ReceivedRow[]>(
    `select * from received_order where ($1::text is null or state = $1)
       and ($2::timestamptz is null or (handed_in_at, id) < ($2, $3::uuid)) order by handed_in_at desc, id desc limit $4`,
    [query.state ?? null, after?.at ?? null, after?.id ?? null, query.limit + 1],
  );

const claimsOf = ({ a, b, e }: AnnexI): ClaimsView => ({
  authority: e.name,
  memberState: a.issuingMemberState,
  reference: a.reference,
  issuedAt: new Date(a.issuedAt).toISOString(),
  addressee: a.addressee,
  targets: b.targets.length,
});

export async function viewsOf(tx: Tx, rows: readonly ReceivedRow[]): Promise<ReceivedOrderView[]> {
  const ids = [...new Set(rows.flatMap(({ authority_id }) => authority_id ?? []))];
  const entries = await tx.query<AuthorityRow[]>(
    `select ${AUTHORITY_COLUMNS} from authority_entry where id = any ($1) and removed_at is null`,
    [ids],
  );
  const byId = new Map(entries.map((entry) => [entry.id, authorityView(entry)]));
  return rows.map((row) => toView(row, (row.authority_id && byId.get(row.authority_id)) || null));
}

const toView = (row: ReceivedRow, authority: ReceivedOrderView['authority']): ReceivedOrderView => ({
  id: row.id,
  state: row.state,
  reasons: row.reasons,
  errors: row.errors,
  faults: row.faults.map(({ pointer, detail }) => ({ pointer, detail })),
  statedChannel: row.stated_channel,
  statedReceiptAt: row.stated_receipt_at?.toISOString() ?? null,
  handedInAt: row.handed_in_at.toISOString(),
  receivedAt: row.received_at.toISOString(),
  documentKind: row.document_kind,
  documentSha256: row.document_digest.toString('hex'),
  claims: row.form ? claimsOf(row.form.content) : null,
  kid: row.kid,
  isVerified: row.is_verified,
  authority,
  ifGenuine:
    row.state === 'quarantined'
      ? {
          receivedAt: row.received_at.toISOString(),
          dueAt: new Date(row.received_at.getTime() + HOUR_MS).toISOString(),
        }
      : null,
  decision:
    row.decided_at && row.decision_note !== null
      ? { decidedAt: row.decided_at.toISOString(), reason: row.decision_note, refutations: row.refutations }
      : null,
  noticeId: row.notice_id,
});

export async function detailOf(tx: Tx, id: string): Promise<ReceivedOrderDetailView> {
  const row = await receivedOf(tx, id);
  const [view] = await viewsOf(tx, [row]);
  if (!view) throw new DomainError('request.not-found');
  const answers = await tx.query<
    (Omit<SentAnswerView, 'sentAt' | 'recordedAt'> & { sent_at: Date; recorded_at: Date })[]
  >(
    `select form, channel, sent_at, recorded_at from received_order_answer where received_order_id = $1 order by recorded_at, id`,
    [id],
  );
  return {
    ...view,
    sameSubject: row.form ? await sameSubject(tx, row.form.content, row.notice_id) : [],
    answers: answers.map(({ form, channel, sent_at, recorded_at }) => ({
      form,
      channel,
      sentAt: sent_at.toISOString(),
      recordedAt: recorded_at.toISOString(),
    })),
  };
}

/** What a subject is compared by, as in `cases`: SHA-256 of kind and identity. */
export const subjectDigest = (identity: string): Buffer => createHash('sha256').update(`url\n${identity}`).digest();

/** An address that cannot be read is compared as it is written. */
export const identitiesOf = (form: AnnexI): { readonly address: string; readonly identity: string }[] =>
  addressesOf(form).map((address, index) => {
    const written = form.b.targets[index]?.url ?? '';
    return address
      ? { address: address.sent, identity: address.identity }
      : { address: written, identity: `unread:${written}` };
  });

interface SubjectRow extends Omit<SameSubjectView, 'noticeId'> {
  readonly id: string;
}

/** Orders before referrals: a body should not order what another has ordered (rec. 36). */
async function sameSubject(tx: Tx, form: AnnexI, own: string | null): Promise<SameSubjectView[]> {
  const digests = identitiesOf(form).map(({ identity }) => subjectDigest(identity));
  const rows = await tx.query<SubjectRow[]>(
    `select n.id, n.reference, n.kind, n.state, o.name as sender, a.contact_point as "contactPoint", a.telephone
     from notice n join organisation o on o.id = n.sender_id
       left join outside_authority x on x.organisation_id = o.id
       left join authority_entry a on a.removed_at is null and (a.organisation_id = o.id or a.id = x.authority_id)
     where n.id in (select s.notice_id from notices_on_subjects($1) s) and n.id is distinct from $2
     order by n.kind desc, n.sent_at, n.id limit 50`,
    [digests, own],
  );
  return rows.map(({ id, ...row }) => ({ noticeId: id, ...row }));
}
