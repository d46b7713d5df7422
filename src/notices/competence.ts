import { DomainError } from '../domain/errors';
import { competenceFor } from '../domain/permissions';
import type { Competence, NoticeKind } from '../domain/vocabulary';
import type { Actor, Tx } from '../infra/database/work';

/** The permission asks for some competence; this asks for the one that a notice of this kind needs (Art. 12(1)). */
export async function assertCompetent(tx: Tx, actor: Actor, kind: NoticeKind): Promise<void> {
  const [own] = await tx.query<{ competences: Competence[] }[]>(`select competences from organisation where id = $1`, [
    actor.organisationId,
  ]);
  const needed = competenceFor(kind);
  if (!own?.competences.includes(needed)) throw new DomainError('auth.no-competence', { competence: needed });
}
