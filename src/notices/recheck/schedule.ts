import { v7 as uuidv7 } from 'uuid';
import { FOLLOW_UPS_MS, type ProbeReason } from '../../domain/probe';
import type { Tx } from '../../infra/database/work';

/** A look that could not be taken within this is not taken at all: it would tell of another time. */
export const STALE_AFTER_MS = 24 * 3_600_000;

interface Target {
  readonly item: string;
  readonly sender: string;
}

const TARGETS = `select i.item_id as item, n.sender_id as sender from notice_item i join notice n on n.id = i.notice_id
  where n.id = $1 and i.kind = 'url' and ($2::uuid is null or i.item_id = $2) order by i.position`;

const PLAN = `insert into probe (id, organisation_id, notice_id, item_id, reason, due_at)
  select u.id, u.sender, $1, u.item, $2, u.due from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[]) as u (id, sender, item, due)
  on conflict (notice_id, item_id, reason, due_at) do nothing`;

const DROP = `update probe set state = 'dropped' where notice_id = $1 and state = 'due' and ($2::uuid is null or item_id = $2)
  and ($3::text[] is null or reason = any ($3)) and ($4::timestamptz is null or due_at <> $4)`;

/** Of the looks still to come of a notice, or of one item of it, or for some reasons. */
export async function dropProbes(
  tx: Tx,
  noticeId: string,
  {
    itemId,
    reasons,
    except,
  }: { readonly itemId?: string; readonly reasons?: readonly ProbeReason[]; readonly except?: Date } = {},
): Promise<void> {
  await tx.query(DROP, [noticeId, itemId ?? null, reasons ?? null, except ?? null]);
}

/**
 * Plans the looks at the addresses of a notice, as the worker. Planning the same twice plans it once.
 *
 * `deadline`: one at `at`, in place of any other deadline that was planned. `answer`: one at `at` and seven later ones, in place
 * of those planned before. `follow_up`: the later ones alone, counted from `at`. Accounts, channels and files have no address.
 */
export async function scheduleProbes(
  tx: Tx,
  noticeId: string,
  reason: ProbeReason,
  at: Date,
  itemId?: string,
): Promise<void> {
  const targets = await tx.query<Target[]>(TARGETS, [noticeId, itemId ?? null]);
  if (targets.length === 0) return;
  const later = FOLLOW_UPS_MS.map((ms) => new Date(at.getTime() + ms));
  const one = itemId === undefined ? {} : { itemId };
  if (reason === 'deadline') await dropProbes(tx, noticeId, { ...one, reasons: ['deadline'], except: at });
  else await dropProbes(tx, noticeId, { ...one, reasons: ['follow_up'] });
  if (reason !== 'follow_up') await plan(tx, noticeId, reason, targets, [at]);
  if (reason !== 'deadline') await plan(tx, noticeId, 'follow_up', targets, later);
}

async function plan(
  tx: Tx,
  noticeId: string,
  reason: ProbeReason,
  targets: readonly Target[],
  dues: readonly Date[],
): Promise<void> {
  const rows = targets.flatMap((target) => dues.map((due) => ({ ...target, due })));
  await tx.query(PLAN, [
    noticeId,
    reason,
    rows.map(() => uuidv7()),
    rows.map(({ sender }) => sender),
    rows.map(({ item }) => item),
    rows.map(({ due }) => due),
  ]);
}
