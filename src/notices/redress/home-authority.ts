import type { Tx } from '../../infra/database/work';

/**
 * The organisation here that is the competent authority of a provider's Member State (Art. 12(1)(b), (c)), or null: it is told when
 * an order becomes final (Art. 3(9)), also one of its own State, which has no copy.
 */
export async function homeAuthorityOf(tx: Tx, providerId: string): Promise<string | null> {
  const [home] = await tx.query<{ organisation_id: string }[]>(
    `select a.organisation_id from organisation p left join provider_entry e on e.platform_id = p.id
       join authority_entry a on a.country = coalesce(e.home_country, p.country)
     where p.id = $1 and 'scrutinise' = any (a.competences) and a.removed_at is null and a.organisation_id is not null
     order by a.confirmed_at, a.id limit 1`,
    [providerId],
  );
  return home?.organisation_id ?? null;
}
