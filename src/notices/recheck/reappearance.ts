import { v7 as uuidv7 } from 'uuid';
import { insertCase } from '../../cases/case-file';
import { CaseFile } from '../../cases/cases.entity';
import type { Actor, Tx } from '../../infra/database/work';
import type { NewEntry } from '../../ledger/append';
import type { CallingProbe, ProbeSubject } from './probe.queries';
import { dropOwnProbes } from './own-probes';

interface Reappearance {
  readonly at: Date;
  readonly probe: CallingProbe;
  readonly subject: ProbeSubject;
}

const SUCCEED = `
  insert into content_item (id, organisation_id, case_id, kind, platform_id, address, identity, identity_digest, state, previous_item_id,
    reappeared_from, added_at)
  select $2, organisation_id, $3, kind, platform_id, address, identity, identity_digest, 'open', id, id, $4 from content_item where id = $1
  on conflict (organisation_id, identity_digest) where state <> 'closed' do nothing returning id`;

const STANDING = `select n.id, n.case_id as "caseId" from content_item o
  join content_item n on n.organisation_id = o.organisation_id and n.identity_digest = o.identity_digest and n.state <> 'closed'
  where o.id = $1`;

/**
 * What had gone is there again: a new item stands for it, so that it is referred like any other, and the old one is closed.
 * Where a colleague was first with the same address, theirs is the one that is told of. A closed case stays closed, and a new
 * one like it takes the item.
 */
export async function reappear(tx: Tx, actor: Actor, { at, probe, subject }: Reappearance): Promise<NewEntry[]> {
  const entries: NewEntry[] = [];
  await tx.query(`update content_item set state = 'closed' where id = $1 and state <> 'closed'`, [probe.itemId]);
  const standing = await standingItem(tx, probe.itemId);
  const target = standing ?? (await succeed(tx, actor, { at, probe, subject }, entries));
  if (!target) return entries;
  await tx.query(`update probe set reappeared_item_id = $2 where id = $1`, [probe.id, target.id]);
  await dropOwnProbes(tx, probe.itemId);
  entries.push({
    kind: 'item.reappeared',
    actor,
    at,
    subjects: { case: target.caseId, item: target.id, notice: probe.noticeId },
    dims: { from: probe.itemId, probe: probe.id },
    internal: { address: subject.address },
    audience: [actor.organisationId],
  });
  return entries;
}

interface Target {
  readonly id: string;
  readonly caseId: string;
}

const standingItem = async (tx: Tx, itemId: string): Promise<Target | undefined> =>
  (await tx.query<Target[]>(STANDING, [itemId]))[0];

async function succeed(
  tx: Tx,
  actor: Actor,
  { at, probe, subject }: Reappearance,
  entries: NewEntry[],
): Promise<Target | undefined> {
  const caseId = subject.caseState === 'open' ? subject.caseId : await reopen(tx, actor, at, subject.caseId, entries);
  const id = uuidv7();
  const made = await tx.query<unknown[]>(SUCCEED, [probe.itemId, id, caseId, at]);
  // Somebody submitted it in this moment.
  return made.length > 0 ? { id, caseId } : standingItem(tx, probe.itemId);
}

async function reopen(tx: Tx, actor: Actor, at: Date, closedId: string, entries: NewEntry[]): Promise<string> {
  const { title, category, ideology, language, reasons, tlp, pap } = await tx.findOneByOrFail(CaseFile, {
    id: closedId,
  });
  const texts = { ...(title === null ? {} : { title }), ...(reasons === null ? {} : { reasons }) };
  const { file, entry } = await insertCase(tx, actor, at, uuidv7(), {
    category,
    ideology,
    language,
    tlp,
    pap,
    ...texts,
  });
  entries.push(entry);
  return file.id;
}
