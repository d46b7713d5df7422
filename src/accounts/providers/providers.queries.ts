import { DomainError } from '../../domain/errors';
import {
  DEFAULT_REFERRAL_TARGET_MINUTES,
  gapsOf,
  isInTcoScope,
  type ContactKind,
  type ContactSource,
  type ProviderService,
} from '../../domain/providers';
import type { Channel } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import type { ContactView, OwnStatementView, ProviderView, TermsClauseView } from './providers.dto';

export interface ProviderRow {
  readonly platform_id: string;
  readonly created_at: Date;
  readonly name: string;
  readonly slug: string;
  readonly hosts: string[];
  readonly home_country: string | null;
  readonly legal_representative: string | null;
  readonly languages: string[] | null;
  readonly service_kind: ProviderService | null;
  readonly scope_reasons: string | null;
  readonly terms_url: string | null;
  readonly terms_version: string | null;
  readonly terms_date: string | null;
  readonly terms_explain_tools: boolean | null;
  readonly referral_target_minutes: number | null;
  readonly confirmed_at: Date | null;
  readonly version: number | null;
  readonly is_claimed: boolean;
  readonly contacts: readonly ContactRow[];
  readonly unanswered_channels: Channel[];
  readonly own_statement: OwnStatementView | null;
}

interface ContactRow {
  readonly id: string;
  readonly kind: ContactKind;
  readonly value: string;
  readonly source: ContactSource;
  readonly sourceAddress: string | null;
  readonly seenAt: string;
  readonly confirmedAt: string;
}

/** Every platform that is seen has an entry, if only an empty one. */
export const PROVIDERS = `select o.id as platform_id, o.created_at, o.name, o.slug,
    coalesce((select array_agg(h.host order by h.host) from platform_host h where h.organisation_id = o.id), '{}') as hosts,
    coalesce(p.home_country, o.country) as home_country, p.legal_representative, p.languages, p.service_kind, p.scope_reasons, p.terms_url,
    p.terms_version, to_char(p.terms_date, 'YYYY-MM-DD') as terms_date, p.terms_explain_tools, p.referral_target_minutes, p.confirmed_at,
    p.version, provider_is_claimed(o.id) as is_claimed,
    coalesce((select json_agg(json_build_object('id', c.id, 'kind', c.kind, 'value', c.value, 'source', c.source, 'sourceAddress', c.source_address,
        'seenAt', c.seen_at, 'confirmedAt', c.confirmed_at) order by c.confirmed_at, c.id)
      from provider_contact c where c.platform_id = o.id and c.removed_at is null), '[]') as contacts,
    unanswered_channels(o.id) as unanswered_channels,
    (select json_build_object('proposalId', q.id, 'changes', q.changes, 'saidAt', q.seen_at) from provider_proposal q
      where q.platform_id = o.id and q.source = 'platform' and q.state = 'open') as own_statement
  from organisation o left join provider_entry p on p.platform_id = o.id where o.kind = 'platform'`;

const contactOf = ({ seenAt, confirmedAt, ...contact }: ContactRow): ContactView => ({
  ...contact,
  seenAt: new Date(seenAt).toISOString(),
  confirmedAt: new Date(confirmedAt).toISOString(),
});

const statementOf = ({ own_statement: said }: ProviderRow): OwnStatementView | null =>
  said && { ...said, saidAt: new Date(said.saidAt).toISOString() };

const clauseOf = (row: ProviderRow): TermsClauseView | null =>
  row.terms_url === null
    ? null
    : {
        url: row.terms_url,
        version: row.terms_version,
        date: row.terms_date,
        explainsTools: row.terms_explain_tools,
      };

export function toView(row: ProviderRow): ProviderView {
  const facts = {
    homeCountry: row.home_country,
    languages: row.languages ?? [],
    serviceKind: row.service_kind ?? 'hosting',
    contacts: row.contacts.map(contactOf),
    termsClause: clauseOf(row),
  } as const;
  return {
    platformId: row.platform_id,
    name: row.name,
    slug: row.slug,
    hosts: row.hosts,
    ...facts,
    legalRepresentative: row.legal_representative,
    isInTcoScope: isInTcoScope(facts),
    scopeReasons: row.scope_reasons,
    referralTargetMinutes: row.referral_target_minutes ?? DEFAULT_REFERRAL_TARGET_MINUTES,
    ownStatement: statementOf(row),
    isClaimed: row.is_claimed,
    confirmedAt: row.confirmed_at?.toISOString() ?? null,
    unansweredChannels: row.unanswered_channels,
    gaps: gapsOf(facts),
    version: row.version ?? 0,
  };
}

/**
 * What the register says about a platform that the transaction's organisation sees; for orders: `homeCountry`, `languages` with
 * `acceptsLanguage`, `isInTcoScope`, `contacts`, `referralTargetMinutes`. Also as the worker.
 * @throws DomainError `request.not-found`
 */
export async function providerOf(tx: Tx, platformId: string): Promise<ProviderView> {
  const [row] = await tx.query<ProviderRow[]>(`${PROVIDERS} and o.id = $1`, [platformId]);
  if (!row) throw new DomainError('request.not-found');
  return toView(row);
}
