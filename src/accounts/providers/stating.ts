import { v7 as uuidv7 } from 'uuid';
import { canonicalJson } from '../../domain/canonical';
import { ADDRESSEE_FACTS, statementOf, type AddresseeFact } from '../../domain/providers';
import type { Actor, Tx } from '../../infra/database/work';
import type { ProviderFactsDto } from './providers.dto';
import { providerOf } from './providers.queries';
import { assertReasoned, type Writing } from './writing';

const isAddresseeFact = (name: string): name is AddresseeFact => (ADDRESSEE_FACTS as readonly string[]).includes(name);

const pick = (facts: ProviderFactsDto, keep: (name: string) => boolean): ProviderFactsDto =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => keep(name)));

/** What a platform writes into its entry by itself. */
export const withoutAddresseeFacts = (facts: ProviderFactsDto): ProviderFactsDto =>
  pick(facts, (name) => !isAddresseeFact(name));

/**
 * What a platform says of itself that decides whether and how it can be ordered: one statement, in the place of what it said
 * before. The entry's row is locked by `lockEntry`.
 * @returns the facts that are stated now and not confirmed
 * @throws DomainError `provider.scope-unreasoned`
 */
export async function writeStatement(
  tx: Tx,
  actor: Actor,
  { platformId, personId, at }: Writing,
  facts: ProviderFactsDto,
): Promise<string[]> {
  const entry = await providerOf(tx, platformId);
  const before = entry.ownStatement;
  const changes = statementOf(entry, before?.changes ?? {}, pick(facts, isAddresseeFact));
  const stated = Object.keys(changes);
  // The database keeps the members in an order of its own.
  if (canonicalJson(changes) === canonicalJson(before?.changes ?? {})) return stated;
  if (changes.serviceKind && changes.serviceKind !== 'hosting') await assertReasoned(tx, platformId, changes);
  if (before) {
    await tx.query(`update provider_proposal set state = 'rejected', decided_at = $2, decided_by = $3 where id = $1`, [
      before.proposalId,
      at,
      personId,
    ]);
  }
  if (stated.length === 0) return [];
  await tx.query(
    `insert into provider_proposal (id, platform_id, organisation_id, proposed_by, source, changes, seen_at)
     values ($1, $2, $3, $4, 'platform', $5, $6)`,
    [uuidv7(), platformId, actor.organisationId, personId, JSON.stringify(changes), at],
  );
  return stated;
}
