import { DomainError } from '../../domain/errors';
import type { Finding, ProbeOutcome, ProbeReason } from '../../domain/probe';
import { papsOf } from '../../cases/pap';
import type { OrganisationKind, Pap } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page } from '../../infra/http/paging';
import type { View } from './looking.service';
import type { ProbeQuery, ProbeState, ProbeView } from './probe.dto';

/** A look that is to be taken now. */
export interface CallingProbe {
  readonly id: string;
  readonly organisationId: string;
  readonly organisationKind: OrganisationKind;
  readonly noticeId: string;
  readonly itemId: string;
  readonly reason: ProbeReason;
  readonly dueAt: Date;
}

/** What it is about, as its sender knows it. */
export interface ProbeSubject {
  readonly address: string;
  readonly caseId: string;
  readonly reference: string;
  readonly caseState: 'open' | 'closed';
  /** Of every case in which it lies. */
  readonly pap: Pap;
}

/** As the worker; null where it was taken already. */
export async function readCalling(tx: Tx, id: string): Promise<CallingProbe | null> {
  const [row] = await tx.query<CallingProbe[]>(
    `select p.id, p.organisation_id as "organisationId", o.kind as "organisationKind", p.notice_id as "noticeId", p.item_id as "itemId",
       p.reason, p.due_at as "dueAt"
     from probe p join organisation o on o.id = p.organisation_id where p.id = $1 and p.state = 'calling'`,
    [id],
  );
  return row ?? null;
}

/** The service itself, within the sender's rows. */
export const actorOf = ({ organisationId, organisationKind }: CallingProbe): Actor => ({
  organisationId,
  organisationKind,
  personId: null,
  via: 'service',
  name: 'service',
  office: null,
  permissions: new Set(),
});

export async function subjectOf(tx: Tx, { noticeId, itemId }: CallingProbe): Promise<ProbeSubject> {
  const [row] = await tx.query<Omit<ProbeSubject, 'pap'>[]>(
    `select i.address, c.id as "caseId", c.reference, c.state as "caseState" from notice_item i
       join notice_origin o on o.notice_id = i.notice_id join case_file c on c.id = o.case_id
     where i.notice_id = $1 and i.item_id = $2`,
    [noticeId, itemId],
  );
  const pap = (await papsOf(tx, [itemId])).get(itemId);
  if (!row || !pap) throw new Error('a look at an item without its case');
  return { ...row, pap };
}

export async function withhold(tx: Tx, id: string): Promise<void> {
  await tx.query(`update probe set state = 'withheld' where id = $1 and state = 'calling'`, [id]);
}

/** How the item was last seen for certain. */
export async function lastSeen(tx: Tx, itemId: string): Promise<ProbeOutcome | null> {
  const [row] = await tx.query<{ outcome: ProbeOutcome }[]>(
    `select outcome from probe where item_id = $1 and state = 'done' and outcome in ('online', 'offline')
     order by probed_at desc, due_at desc limit 1`,
    [itemId],
  );
  return row?.outcome ?? null;
}

/** Writes what came back, once; false when another node was first. */
export async function finishProbe(
  tx: Tx,
  id: string,
  { at, finding, views }: { readonly at: Date; readonly finding: Finding; readonly views: readonly View[] },
): Promise<boolean> {
  const [rows] = await tx.query<[unknown[], number]>(
    `update probe set state = 'done', probed_at = $2, outcome = $3, cause = $4, views = $5::jsonb where id = $1 and state = 'calling' returning id`,
    [id, at, finding.outcome, finding.cause, JSON.stringify(views)],
  );
  return rows.length > 0;
}

interface Row extends Finding {
  readonly id: string;
  readonly itemId: string;
  readonly reason: ProbeReason;
  readonly dueAt: Date;
  readonly state: ProbeState;
  readonly probedAt: Date | null;
  readonly views: readonly View[] | null;
  readonly exhibitId: string | null;
  readonly reappearedItemId: string | null;
}

const toView = (row: Row): ProbeView => ({
  id: row.id,
  itemId: row.itemId,
  reason: row.reason,
  state: row.state,
  dueAt: row.dueAt.toISOString(),
  probedAt: row.probedAt?.toISOString() ?? null,
  outcome: row.outcome,
  cause: row.cause,
  views: (row.views ?? []).map((view) => ({ ...view, redirects: [...view.redirects] })),
  exhibitId: row.exhibitId,
  reappearedItemId: row.reappearedItemId,
});

/** Of one's own notice, latest first; the platform's question finds nothing. @throws DomainError `request.not-found` */
export async function listProbes(tx: Tx, actor: Actor, noticeId: string, query: ProbeQuery): Promise<Page<ProbeView>> {
  const [notice] = await tx.query<unknown[]>(`select 1 from notice where id = $1 and sender_id = $2`, [
    noticeId,
    actor.organisationId,
  ]);
  if (!notice) throw new DomainError('request.not-found');
  const after = parseCursor(query.cursor);
  const rows = await tx.query<Row[]>(
    `select id, item_id as "itemId", reason, due_at as "dueAt", state, probed_at as "probedAt", outcome, cause, views,
       exhibit_id as "exhibitId", reappeared_item_id as "reappearedItemId"
     from probe where notice_id = $1 and state <> 'dropped' and ($2::uuid is null or item_id = $2)
       and ($3::timestamptz is null or (due_at, id) < ($3, $4::uuid)) order by due_at desc, id desc limit $5`,
    [noticeId, query.itemId ?? null, after?.at ?? null, after?.id ?? null, query.limit + 1],
  );
  return pageOf(rows, query.limit, ({ dueAt, id }) => ({ at: dueAt, id }), toView);
}
