import type { Via } from '../../domain/ledger-entry';
import type { OrganisationKind } from '../../domain/vocabulary';
import type { Permission } from '../../domain/permissions';

/** Who acts: a person or a key of one organisation, with what they may do there. */
export interface Actor {
  readonly organisationId: string;
  readonly organisationKind: OrganisationKind;
  readonly personId: string | null;
  readonly via: Via;
  /** Name and office enter the ledger as salted digests only, and are never shown to the other party. */
  readonly name: string;
  readonly office: string | null;
  readonly permissions: ReadonlySet<Permission>;
}
