import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import type { PagePriority } from './pagers.entity';

/** The task that calls a pager. */
export const PAGE = 'page';

/** One pager; or all those of an organisation's person; or those of an organisation that are nobody's in particular. */
export type PageTarget =
  { readonly pagerId: string } | { readonly organisationId: string; readonly personId: string | null };

export interface PageWords {
  /** Without any content, name or address: it stands on locked screens and passes through others' systems. At most 160 letters. */
  readonly text: string;
  readonly priority: PagePriority;
  /** Of one key a pager is called once. */
  readonly key: string;
  readonly at: Date;
}

/**
 * Calls pagers, in the transaction that makes it necessary. A pager proves nothing about receipt. As the app role it reaches one's
 * own organisation's pagers alone.
 * @returns how many pagers are called
 */
export async function page(tx: Tx, target: PageTarget, { text, priority, key, at }: PageWords): Promise<number> {
  const [which, params] =
    'pagerId' in target
      ? ['id = $1', [target.pagerId]]
      : ['organisation_id = $1 and person_id is not distinct from $2::uuid', [target.organisationId, target.personId]];
  const pagers = await tx.query<{ id: string; organisation_id: string }[]>(
    `select id, organisation_id from pager where ${which} and removed_at is null order by created_at, id`,
    params,
  );
  let called = 0;
  for (const pager of pagers) {
    const inserted = await tx.query<{ id: string }[]>(
      `insert into page (id, pager_id, organisation_id, key, text, priority, state, created_at)
       values ($1, $2, $3, $4, $5, $6, 'waiting', $7) on conflict (pager_id, key) do nothing returning id`,
      [uuidv7(), pager.id, pager.organisation_id, key, text, priority, at],
    );
    for (const { id } of inserted) await addJob(tx, PAGE, { pageId: id }, placeOf(id, pager.id));
    called += inserted.length;
  }
  return called;
}

/** The pages of one pager take turns: a provider that answers slowly has one worker and not all. */
export const placeOf = (pageId: string, pagerId: string): { key: string; queue: string } => ({
  key: `${PAGE}:${pageId}`,
  queue: `${PAGE}:${pagerId}`,
});
