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

/** A case with all of its items: which of them an order is about is chosen from the whole. */
export async function caseOf(id: string): Promise<CaseFile> {
  const file = await bodyOf<CaseFile>(api.GET('/v1/cases/{id}', of(id)));
  const items = [...file.items];
  for (let cursor = file.nextItems; cursor !== null;) {
    const params = { path: { id }, query: { limit: 200, cursor } };
    const call = api.GET('/v1/cases/{id}/items', { params });
    const page = await bodyOf<{ items: CaseFile['items']; next: string | null }>(call);
    items.push(...page.items);
    cursor = page.next;
  }
  return { ...file, items };
}
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

export const signOff = (id: string, body: Schemas['SignOffDto']): Promise<Assessment> =>
  bodyOf(api.POST('/v1/assessments/{id}/sign-off', { ...of(id), body }));

/** The open question to a second person about a notice, for whoever may be asked; null: nobody has asked. */
export async function askedAbout(noticeId: string, verb: string): Promise<Approval | null> {
  const query = { limit: 200 };
  const page = await bodyOf<{ items: readonly Approval[] }>(api.GET('/v1/approvals', { params: { query } }));
  // What both have to give alike stands behind the verb.
  const isIt = (asked: string): boolean => asked === verb || asked.startsWith(`${verb}?`);
  return page.items.find((each) => isIt(each.verb) && each.subjectId === noticeId) ?? null;
}

/** The same call by two people: the answer to the first says that another was asked (202), and is null here. */
async function byTwo(path: string, body: object): Promise<Notice | null> {
  const answer = await post(path, body, { headers: { 'idempotency-key': newKey() } });
  return answer.status === 202 ? null : ((await answer.json()) as Notice);
}

export const sign = (id: string, reason: string): Promise<Notice | null> => byTwo(`/v1/notices/${id}/sign`, { reason });

/** The question is shorter than the reasons may be. */
const MOST_REASON = 2000;

export const annul = (id: string, reasons: string): Promise<Notice | null> =>
  byTwo(`/v1/notices/${id}/annul`, { ground: 'issuer', reasons, reason: reasons.slice(0, MOST_REASON) });
