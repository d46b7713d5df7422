import type { BodyPart } from '../../domain/ledger-entry';
import type { Actor, Tx } from '../../infra/database/work';
import { eraseBody } from '../../ledger/disclose';

/**
 * Erases what the actor's own organisation wrote into the ledger about a hash: notes and reasons. What others wrote is
 * theirs to erase, by the same function; the entries themselves and every proof stand.
 */
export async function eraseTexts(tx: Tx, actor: Actor, signalId: string, at: Date, reason: string): Promise<void> {
  const bodies = await tx.query<{ entry_id: string; part: BodyPart }[]>(
    `select b.entry_id, b.part from ledger_entry e join ledger_body b on b.entry_id = e.id
     where e.signal_id = $1 and e.organisation_id = $2 and e.kind like 'signal.%' and e.kind <> 'signal.erased' order by e.id, b.part`,
    [signalId, actor.organisationId],
  );
  for (const [entryId, parts] of Map.groupBy(bodies, (body) => body.entry_id)) {
    await eraseBody(tx, { actor, at, entryId, parts: parts.map(({ part }) => part), reason });
  }
}
