import { newKey, api, bodyOf, post, type Schemas } from '../wire';
import type { Notice } from '../notices-api';

export type CaseFile = Schemas['CaseView'];
export type Assessment = Schemas['AssessmentView'];
export type NewAssessment = Schemas['AssessCaseDto'];
export type NewOrder = Schemas['DraftOrderDto'];
export type Provider = Schemas['ProviderView'];
export type Approval = Schemas['ApprovalView'];
type Order = NonNullable<Notice['order']>;

const of = (id: string): { readonly params: { readonly path: { readonly id: string } } } => ({
  params: { path: { id } },
});

export const caseOf = (id: string): Promise<CaseFile> => bodyOf(api.GET('/v1/cases/{id}', of(id)));
export const providerOf = (id: string): Promise<Provider> => bodyOf(api.GET('/v1/providers/{id}', of(id)));

export const assessmentsOf = (caseId: string): Promise<readonly Assessment[]> =>
  bodyOf(api.GET('/v1/cases/{id}/assessments', of(caseId)));

export const assess = (caseId: string, body: NewAssessment): Promise<Assessment> =>
  bodyOf(api.POST('/v1/cases/{id}/assessments', { ...of(caseId), body }));

export const draftOrder = (body: NewOrder): Promise<Notice> => bodyOf(api.POST('/v1/orders', { body }));

/** Who signed the last order and how it could be challenged: the next one mostly says the same. */
export async function lastOrder(): Promise<Pick<Order, 'issuer' | 'redress' | 'legalBasis'> | null> {
  const query = { box: 'sent', limit: 50 } as const;
  const page = await bodyOf<{ items: readonly Notice[] }>(api.GET('/v1/notices', { params: { query } }));
  return page.items.find(({ order }) => order !== null)?.order ?? null;
}

/** The question to a second person about this order, for whoever may be asked; null: nobody has asked. */
export async function askedToSign(noticeId: string): Promise<Approval | null> {
  const query = { limit: 200 };
  const page = await bodyOf<{ items: readonly Approval[] }>(api.GET('/v1/approvals', { params: { query } }));
  return page.items.find(({ verb, subjectId }) => verb === 'order.sign' && subjectId === noticeId) ?? null;
}

/** Asks for the second person, or is it: then the signed order comes back. Null: asked. */
export async function sign(id: string, reason: string): Promise<Notice | null> {
  const answer = await post(`/v1/notices/${id}/sign`, reason === '' ? {} : { reason }, {
    headers: { 'idempotency-key': newKey() },
  });
  return answer.status === 202 ? null : ((await answer.json()) as Notice);
}
