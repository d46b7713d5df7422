import { DomainError } from '../../domain/errors';
import { mayOrder, orderRefusalOf, type AuthorityCompetence } from '../../domain/union';
import type { Tx } from '../../infra/database/work';
import type { AuthorityView } from './registry.dto';

export interface AuthorityRow {
  readonly id: string;
  readonly organisation_id: string | null;
  readonly name: string;
  readonly country: string;
  readonly competences: AuthorityCompetence[];
  readonly contact_point: string;
  readonly telephone: string;
  readonly languages: string[];
  readonly source_url: string;
  readonly source_date: string;
  readonly confirmed_at: Date;
  readonly version: number;
}

export const AUTHORITY_COLUMNS = `id, organisation_id, name, country, competences, contact_point, telephone, languages, source_url,
  to_char(source_date, 'YYYY-MM-DD') as source_date, confirmed_at, version`;

export const toView = (row: AuthorityRow): AuthorityView => ({
  id: row.id,
  organisationId: row.organisation_id,
  name: row.name,
  country: row.country,
  competences: row.competences,
  mayOrder: mayOrder(row),
  contactPoint: row.contact_point,
  telephone: row.telephone,
  languages: row.languages,
  sourceUrl: row.source_url,
  sourceDate: row.source_date,
  confirmedAt: row.confirmed_at.toISOString(),
  version: row.version,
});

/** The entry of an organisation of this installation in the register of authorities, or null: then it cannot order. */
export async function authorityOf(tx: Tx, organisationId: string): Promise<AuthorityView | null> {
  const [row] = await tx.query<AuthorityRow[]>(
    `select ${AUTHORITY_COLUMNS} from authority_entry where organisation_id = $1 and removed_at is null`,
    [organisationId],
  );
  return row ? toView(row) : null;
}

/**
 * Only an authority that the register names for removal orders sends one, whatever its organisation's own record says.
 * @throws DomainError `authority.may-not-order` with `reason` `not_registered`,
 *   `not_a_member_state` or `not_competent`
 */
export async function assertMayOrder(tx: Tx, organisationId: string): Promise<void> {
  const reason = orderRefusalOf(await authorityOf(tx, organisationId));
  if (reason !== null) throw new DomainError('authority.may-not-order', { reason });
}
