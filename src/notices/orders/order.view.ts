import type { Tx } from '../../infra/database/work';
import type { UnionLanguage } from '../../domain/union';
import type { IssuerDto, RedressDto } from './orders.dto';

/** What an order states beside its notice. */
export class OrderView {
  /** Of the order and its form: one that the contact point accepts (Art. 15(2)). The notice's language is that of the content. */
  language!: UnionLanguage;
  legalBasis!: string;
  additionalInformation!: string;
  isEmergency!: boolean;
  emergencyReasons!: string | null;
  /** Member State of the provider's main establishment or legal representative. */
  homeCountry!: string | null;
  isCrossBorder!: boolean;
  /** Until then the content provider is not to be informed (Art. 11(3)). */
  nonDisclosureUntil!: string | null;
  /** When that was extended, which is done once. */
  nonDisclosureExtendedAt!: string | null;
  /** When the order became final (Art. 3(9)). */
  finalAt!: string | null;
  issuer!: IssuerDto;
  redress!: RedressDto;
  signedAt!: string | null;
  /** Of the key that signed, in the directory of the authority's keys. */
  kid!: string | null;
  /** Detached JWS over the canonical Annex I; verify it with the form. */
  jws!: string | null;
}

interface OrderRow {
  readonly notice_id: string;
  readonly order_language: UnionLanguage;
  readonly legal_basis: string;
  readonly additional_information: string;
  readonly is_emergency: boolean;
  readonly emergency_reasons: string | null;
  readonly home_country: string | null;
  readonly is_cross_border: boolean;
  readonly non_disclosure_until: Date | null;
  readonly non_disclosure_extended_at: Date | null;
  readonly final_at: Date | null;
  readonly issuer: IssuerDto;
  readonly redress: RedressDto;
  readonly signed_at: Date | null;
  readonly kid: string | null;
  readonly jws: string | null;
}

export async function ordersOf(tx: Tx, noticeIds: readonly string[]): Promise<Map<string, OrderView>> {
  const rows = await tx.query<OrderRow[]>(
    `select notice_id, order_language, legal_basis, additional_information, is_emergency, emergency_reasons, home_country, is_cross_border,
       non_disclosure_until, non_disclosure_extended_at, final_at, issuer, redress, signed_at, kid, jws from removal_order where notice_id = any($1)`,
    [noticeIds],
  );
  return new Map(rows.map((row) => [row.notice_id, toView(row)]));
}

const toView = (row: OrderRow): OrderView => ({
  language: row.order_language,
  legalBasis: row.legal_basis,
  additionalInformation: row.additional_information,
  isEmergency: row.is_emergency,
  emergencyReasons: row.emergency_reasons,
  homeCountry: row.home_country,
  isCrossBorder: row.is_cross_border,
  nonDisclosureUntil: row.non_disclosure_until?.toISOString() ?? null,
  nonDisclosureExtendedAt: row.non_disclosure_extended_at?.toISOString() ?? null,
  finalAt: row.final_at?.toISOString() ?? null,
  issuer: row.issuer,
  redress: row.redress,
  signedAt: row.signed_at?.toISOString() ?? null,
  kid: row.kid,
  jws: row.jws,
});
