import { assessmentsOf } from '../../cases/assessment/assessments';
import type { AssessmentView } from '../../cases/assessment/assessment.dto';
import { DomainError } from '../../domain/errors';
import type { Tx } from '../../infra/database/work';

interface Basis {
  readonly caseId: string;
  readonly assessmentId: string;
  readonly itemIds: readonly string[];
}

/**
 * The assessment that an order about these items may rest on. Asked when it is drafted, when it is signed and when it goes: whoever
 * has found meanwhile that an exclusion applies has found it for the order, too, and what came into the case later nobody has
 * assessed.
 * @throws DomainError `request.not-found`, `order.not-orderable` with the assessment that stands in the way, `order.not-assessed`
 */
export async function assertOrderable(tx: Tx, { caseId, assessmentId, itemIds }: Basis): Promise<AssessmentView> {
  const newestFirst = await assessmentsOf(tx, caseId);
  const place = newestFirst.findIndex(({ id }) => id === assessmentId);
  const assessment = newestFirst[place];
  if (!assessment) throw new DomainError('request.not-found');
  for (const { id, barsToOrder: bars } of newestFirst.slice(0, place + 1).toReversed()) {
    if (bars.length > 0) throw new DomainError('order.not-orderable', { assessmentId: id, bars });
  }
  const unassessed = await tx.query<{ id: string }[]>(
    `select i.id from content_item i left join case_join j on j.item_id = i.id and j.case_id = $2
     where i.id = any ($1) and coalesce(j.joined_at, i.added_at) > $3 order by i.added_at, i.id`,
    [itemIds, caseId, assessment.assessedAt],
  );
  if (unassessed.length > 0) throw new DomainError('order.not-assessed', { itemIds: unassessed.map(({ id }) => id) });
  return assessment;
}
