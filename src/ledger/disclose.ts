import type { JsonObject } from '../domain/canonical';
import { DomainError } from '../domain/errors';
import { BODY_ERASED, DISCLOSED, type BodyPart, type Subjects } from '../domain/ledger-entry';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import { append, type Appended } from './append';

export interface Disclosure {
  readonly actor: Actor | 'service';
  readonly at: Date;
  /** Entries that the actor may read; at most 1,000. */
  readonly entryIds: readonly string[];
  /** Organisations that may read them from now on. Each learns the others': disclose apart where it must not. */
  readonly to: readonly string[];
  readonly subjects?: Subjects;
  readonly shared?: JsonObject;
  readonly internal?: JsonObject;
}

const MOST_DISCLOSED = 1000;

/**
 * Lets others read entries that were written before they had a part in the matter (an approved access, a merge). Once it
 * is sequenced, their feeds deliver the entries at the place of the disclosure, and the policies let them read.
 */
export async function disclose(tx: Tx, disclosure: Disclosure): Promise<Appended> {
  const ids = [...new Set(disclosure.entryIds)].sort();
  if (ids.length === 0 || ids.length > MOST_DISCLOSED) {
    throw new DomainError('request.invalid', {}, [{ pointer: '/entryIds', detail: `1 to ${MOST_DISCLOSED} entries` }]);
  }
  const [visible]: { count: number }[] = await tx.query(
    `select count(*)::int as count from ledger_entry where id = any ($1::uuid[])`,
    [ids],
  );
  if (visible?.count !== ids.length) throw new DomainError('request.not-found');
  const { actor, at, to, shared, internal } = disclosure;
  return append(tx, {
    kind: DISCLOSED,
    actor,
    at,
    subjects: disclosure.subjects ?? {},
    dims: { entries: ids },
    audience: to,
    ...(shared ? { shared } : {}),
    ...(internal ? { internal } : {}),
  });
}

export interface Erasure {
  readonly actor: Actor;
  readonly at: Date;
  /** An entry of the actor's own organisation. */
  readonly entryId: string;
  readonly parts: readonly BodyPart[];
  /** Why, for the actor's organisation. */
  readonly reason: string;
}

/** Erases what an entry said beside its bytes, and says so to everybody who could read it. The proofs all stand. */
export async function eraseBody(tx: Tx, erasure: Erasure): Promise<Appended> {
  const { actor, at, entryId, reason } = erasure;
  const [erased]: { organisation_id: string | null; audience: string[] }[] = await tx.query(
    `select organisation_id, audience from ledger_entry where id = $1`,
    [entryId],
  );
  if (!erased || erased.organisation_id !== actor.organisationId) throw new DomainError('request.not-found');
  const parts = [...new Set(erasure.parts)].sort();
  const appended = await append(tx, {
    kind: BODY_ERASED,
    actor,
    at,
    subjects: { entry: entryId },
    dims: { parts },
    internal: { reason },
    audience: erased.audience,
  });
  for (const part of parts) {
    const [{ found } = { found: false }]: { found: boolean }[] = await tx.query(
      `select erase_ledger_body($1, $2) as found`,
      [entryId, part],
    );
    if (!found) throw new DomainError('request.not-found', { part });
  }
  return appended;
}
