import { api, bodyOf, post, type Schemas } from './wire';

export type Exhibit = Schemas['ExhibitView'];
export type SubmittedExhibit = Schemas['SubmittedExhibitView'];
export type Item = Schemas['SubmittedItemView'];
export type NewItem = Schemas['SubmittedItemDto'];
export type NewCase = Schemas['OpenCaseDto'];
export type Platform = Schemas['OrganisationView'];
export type Submission = Schemas['SubmissionView'];

const withKey = (key: string): { readonly header: { readonly 'Idempotency-Key': string } } => ({
  header: { 'Idempotency-Key': key },
});

/** The platform that answers for a host or a name above it; null for one that the register does not know. */
export async function platformOf(host: string): Promise<Platform | null> {
  const labels = host.split('.');
  const names = labels.slice(0, Math.max(1, labels.length - 1)).map((_, i) => labels.slice(i).join('.'));
  for (const name of names) {
    const query = { host: name, limit: 1 };
    const page = await bodyOf<{ items: readonly Platform[] }>(api.GET('/v1/platforms', { params: { query } }));
    if (page.items[0]) return page.items[0];
  }
  return null;
}

export const openCase = (body: NewCase, key: string): Promise<Submission> =>
  bodyOf(api.POST('/v1/cases', { params: withKey(key), body }));

async function sendFile(path: string, about: object, field: string, file: File, key: string): Promise<Submission> {
  const form = new FormData();
  form.append('case', JSON.stringify(about));
  form.append(field, file, file.name);
  const answer = await post(path, form, { headers: { 'idempotency-key': key } });
  return (await answer.json()) as Submission;
}

/** Opens a case with a file and no address. */
export const openCaseWith = (file: File, about: NewCase, key: string): Promise<Submission> =>
  sendFile('/v1/cases', about, 'file', file, key);

/** Sends one file to a case, or to its item at this address. */
export const addFile = (caseId: string, file: File, item: NewItem | null, key: string): Promise<Submission> =>
  sendFile(`/v1/cases/${caseId}/items`, { items: item ? [item] : [] }, item ? 'file[0]' : 'file', file, key);

export async function caseExhibits(id: string): Promise<readonly Exhibit[]> {
  const found = await bodyOf<Schemas['CaseView']>(api.GET('/v1/cases/{id}', { params: { path: { id } } }));
  return found.exhibits;
}

/** The bytes as they were received. That this person looks, and why, is in the record before they leave. */
export const viewExhibit = async (id: string, justification: string): Promise<Blob> =>
  (await post(`/v1/exhibits/${id}/view`, { justification })).blob();
