import { barsOfDoubt, barsToOrder } from '../../domain/assessment';
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

type Found = Omit<AssessmentView, 'barsToOrder'>;

const found = (row: AssessmentRow): Found => ({
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
  signOffs: (row.sign_offs ?? []).map((each) => ({ ...each, signedAt: new Date(each.signedAt).toISOString() })),
});

/** What stands in its way alone, and what earlier ones of the case left open. */
function toView(assessment: Found, earlier: readonly Found[]): AssessmentView {
  const signedOff = assessment.signOffs.map(({ part }) => part);
  const bars = new Set([...barsToOrder({ ...assessment, signedOff }), ...barsOfDoubt(assessment, earlier)]);
  return { ...assessment, barsToOrder: [...bars] };
}

const viewsOf = async (tx: Tx, where: string, value: string): Promise<AssessmentView[]> => {
  const rows = await tx.query<AssessmentRow[]>(`${SELECT} where ${where} order by a.assessed_at desc, a.id desc`, [
    value,
  ]);
  return rows.map(found).map((one, i, newestFirst) => toView(one, newestFirst.slice(i + 1)));
};

/** The assessment of one's own organisation, or null. */
export async function assessmentOf(tx: Tx, id: string): Promise<AssessmentView | null> {
  const views = await viewsOf(tx, 'a.case_id = (select case_id from assessment where id = $1)', id);
  return views.find((view) => view.id === id) ?? null;
}

/** Newest first. */
export const assessmentsOf = (tx: Tx, caseId: string): Promise<AssessmentView[]> =>
  viewsOf(tx, 'a.case_id = $1', caseId);
