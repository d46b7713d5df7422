import { barsToOrder } from '../../domain/assessment';
import type { Tx } from '../../infra/database/work';
import type { AssessmentView, SignOffView } from './assessment.dto';

interface AssessmentRow {
  readonly id: string;
  readonly case_id: string;
  readonly categories: AssessmentView['categories'];
  readonly offences: AssessmentView['offences'];
  readonly reasons: string;
  readonly factors: AssessmentView['factors'];
  readonly exclusions: AssessmentView['exclusions'];
  readonly editorial_responsibility: boolean;
  readonly dissemination: AssessmentView['dissemination'];
  readonly dissemination_evidence: string;
  readonly assessed_by: string;
  readonly assessed_at: Date;
  readonly sign_offs: readonly SignOffView[] | null;
}

const SELECT = `select a.*, (select json_agg(json_build_object('part', s.part, 'signedBy', s.signed_by, 'signedAt', s.signed_at,
    'reasons', s.reasons) order by s.signed_at) from assessment_sign_off s where s.assessment_id = a.id) as sign_offs from assessment a`;

function toView(row: AssessmentRow): AssessmentView {
  const signOffs = (row.sign_offs ?? []).map((each) => ({ ...each, signedAt: new Date(each.signedAt).toISOString() }));
  const view = {
    id: row.id,
    caseId: row.case_id,
    categories: row.categories,
    offences: row.offences,
    reasons: row.reasons,
    factors: row.factors,
    exclusions: row.exclusions,
    editorialResponsibility: row.editorial_responsibility,
    dissemination: row.dissemination,
    disseminationEvidence: row.dissemination_evidence,
    assessedBy: row.assessed_by,
    assessedAt: row.assessed_at.toISOString(),
    signOffs,
  };
  return { ...view, barsToOrder: [...barsToOrder({ ...view, signedOff: signOffs.map(({ part }) => part) })] };
}

/** The assessment of one's own organisation, or null. */
export async function assessmentOf(tx: Tx, id: string): Promise<AssessmentView | null> {
  const [row] = await tx.query<AssessmentRow[]>(`${SELECT} where a.id = $1`, [id]);
  return row ? toView(row) : null;
}

/** Newest first. */
export async function assessmentsOf(tx: Tx, caseId: string): Promise<AssessmentView[]> {
  const rows = await tx.query<AssessmentRow[]>(
    `${SELECT} where a.case_id = $1 order by a.assessed_at desc, a.id desc`,
    [caseId],
  );
  return rows.map(toView);
}
