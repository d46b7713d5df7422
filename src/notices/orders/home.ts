import { authorityOf } from '../../accounts/registry/registry.queries';
import { providerOf } from '../../accounts/providers/providers.queries';
import { DomainError } from '../../domain/errors';
import type { Tx } from '../../infra/database/work';
import type { Notice } from '../notice.entity';
import { homeAuthorityOf } from '../redress/home-authority';

/** The Member State of an order's provider, as far as the order says so: Annex I, A and D, and to whom the copy goes (Art. 4(1)). */
export interface Home {
  readonly country: string;
  readonly isCrossBorder: boolean;
  /** Of that State, to scrutinise; null where the issuer is of the same State, or the authority is not on this installation. */
  readonly authorityId: string | null;
}

/** As the registers have it now. @throws DomainError `order.home-unknown` */
export async function homeOf(tx: Tx, issuerId: string, platformId: string): Promise<Home> {
  const { homeCountry: country } = await providerOf(tx, platformId);
  if (country === null) throw new DomainError('order.home-unknown', { platformId });
  const issuer = await authorityOf(tx, issuerId);
  if (issuer?.country === country) return { country, isCrossBorder: false, authorityId: null };
  return { country, isCrossBorder: true, authorityId: await homeAuthorityOf(tx, platformId) };
}

/**
 * What an order says of the home State is fixed in its draft and signed. When the registers say otherwise by then it would name
 * the wrong State, and the authority that is to scrutinise it would have no copy: it is drafted again. Another authority of the
 * same State beside the one that was chosen changes nothing.
 * @throws DomainError `order.home-changed` with `drafted` and `now`; `order.home-unknown`
 */
export async function assertHomeUnchanged(
  tx: Tx,
  notice: Notice,
  drafted: Pick<Home, 'country' | 'isCrossBorder'>,
): Promise<void> {
  const now = await homeOf(tx, notice.senderId, notice.recipientId);
  const { homeAuthorityId } = notice;
  const stays = homeAuthorityId !== null && now.isCrossBorder && (await scrutinises(tx, homeAuthorityId, now.country));
  const authorityId = stays ? homeAuthorityId : now.authorityId;
  const isSame =
    now.country === drafted.country && now.isCrossBorder === drafted.isCrossBorder && authorityId === homeAuthorityId;
  if (isSame) return;
  const { country, isCrossBorder } = drafted;
  throw new DomainError('order.home-changed', {
    drafted: { country, isCrossBorder, authorityId: homeAuthorityId },
    now: { ...now, authorityId },
  });
}

async function scrutinises(tx: Tx, organisationId: string, country: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `select 1 from authority_entry where organisation_id = $1 and country = $2 and 'scrutinise' = any (competences) and removed_at is null`,
    [organisationId, country],
  );
  return rows.length > 0;
}
