import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { isContact, type ContactSource } from '../../domain/providers';
import type { Tx } from '../../infra/database/work';
import type { ContactDto, ProviderFactsDto } from './providers.dto';

export interface Writing {
  readonly platformId: string;
  readonly personId: string;
  readonly at: Date;
  readonly source: ContactSource;
  readonly sourceAddress?: string | null;
  /** When it was seen at its source. */
  readonly seenAt?: Date;
}

const COLUMNS = [
  ['homeCountry', 'home_country'],
  ['legalRepresentative', 'legal_representative'],
  ['languages', 'languages'],
  ['serviceKind', 'service_kind'],
  ['scopeReasons', 'scope_reasons'],
  ['referralTargetMinutes', 'referral_target_minutes'],
] as const;

/** @throws DomainError `provider.contact-invalid` */
export function assertContacts(contacts: readonly ContactDto[] = []): void {
  const faults = contacts.flatMap(({ kind, value }, i) =>
    isContact(kind, value) ? [] : [{ pointer: `/contacts/${i}/value`, detail: `not of the kind ${kind}` }],
  );
  if (faults.length > 0) throw new DomainError('provider.contact-invalid', {}, faults);
}

/** The entry's row, locked; made when there is none. Its version is that of what the caller has read, 0 for a new one. */
export async function lockEntry(tx: Tx, platformId: string, at: Date): Promise<number> {
  const made = await tx.query<unknown[]>(
    'insert into provider_entry (platform_id, changed_at) values ($1, $2) on conflict do nothing returning platform_id',
    [platformId, at],
  );
  const [row] = await tx.query<{ version: number }[]>(
    'select version from provider_entry where platform_id = $1 for update',
    [platformId],
  );
  if (!row) throw new DomainError('request.not-found');
  return made.length > 0 ? 0 : row.version;
}

/**
 * Writes what `facts` say and leaves the rest; adds the contacts that are not there. The row is locked by `lockEntry`.
 * @throws DomainError `provider.contact-invalid`, `provider.scope-unreasoned`
 */
export async function writeFacts(tx: Tx, writing: Writing, facts: ProviderFactsDto): Promise<void> {
  assertContacts(facts.contacts);
  const { platformId, at } = writing;
  const given: [column: string, value: unknown][] = COLUMNS.flatMap(([name, column]) =>
    (facts[name] ?? undefined) === undefined ? [] : [[column, facts[name]] as [string, unknown]],
  );
  if (facts.termsClause) {
    const { url, version, date, explainsTools } = facts.termsClause;
    given.push(
      ['terms_url', url],
      ['terms_version', version ?? null],
      ['terms_date', date ?? null],
      ['terms_explain_tools', explainsTools ?? null],
    );
  }
  if (given.length > 0) {
    if (facts.serviceKind && facts.serviceKind !== 'hosting') await assertReasoned(tx, platformId, facts);
    const assignments = given.map(([column], i) => `${column} = $${i + 3}`).join(', ');
    await tx.query(`update provider_entry set ${assignments}, changed_at = $2 where platform_id = $1`, [
      platformId,
      at,
      ...given.map(([, value]) => value),
    ]);
  }
  await addContacts(tx, writing, facts.contacts ?? []);
}

/** @throws DomainError `provider.scope-unreasoned` */
export async function assertReasoned(
  tx: Tx,
  platformId: string,
  { scopeReasons }: Pick<ProviderFactsDto, 'scopeReasons'>,
): Promise<void> {
  if (scopeReasons) return;
  const [row] = await tx.query<{ scope_reasons: string | null }[]>(
    'select scope_reasons from provider_entry where platform_id = $1',
    [platformId],
  );
  if (!row?.scope_reasons) {
    throw new DomainError('provider.scope-unreasoned', {}, [{ pointer: '/scopeReasons', detail: 'needed' }]);
  }
}

async function addContacts(tx: Tx, writing: Writing, contacts: readonly ContactDto[]): Promise<void> {
  const { platformId, personId, at, source, sourceAddress = null, seenAt = at } = writing;
  for (const { kind, value } of contacts) {
    await tx.query(
      `insert into provider_contact (id, platform_id, kind, value, source, source_address, seen_at, confirmed_by, confirmed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [uuidv7(), platformId, kind, value, source, sourceAddress, seenAt, personId, at],
    );
  }
}
