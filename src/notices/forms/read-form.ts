import { DomainError } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import { FORM_FILE, JWS_FILE, parseForm, type NamedForm } from '../../domain/forms/read-form';
import { readAttachments, type AttachmentLimits } from './attachments';
import { validForm } from './validate-form';

export interface ReadForm {
  readonly form: Form;
  /** The detached JWS that came with it, unverified; null without one. */
  readonly jws: string | null;
}

const MOST_JWS_BYTES = 4096;

/**
 * The form that a PDF carries, and its JWS. What is printed on the pages is not compared with it: the attachment counts.
 * @throws DomainError form.missing, form.damaged, form.too-large, request.invalid, pdf.*
 */
export async function readSignedForm(pdf: Uint8Array, limits?: AttachmentLimits): Promise<ReadForm> {
  const files = await readAttachments(pdf, [FORM_FILE, JWS_FILE], limits);
  const json = files.get(FORM_FILE);
  if (!json) throw new DomainError('form.missing');
  const jws = files.get(JWS_FILE);
  if (jws && jws.length > MOST_JWS_BYTES) throw new DomainError('form.damaged', { part: JWS_FILE });
  return { form: validForm(named(json)), jws: jws ? Buffer.from(jws).toString('latin1') : null };
}

/** {@link readSignedForm} without the JWS. */
export const readForm = async (pdf: Uint8Array): Promise<Form> => (await readSignedForm(pdf)).form;

function named(json: Uint8Array): NamedForm {
  try {
    return parseForm(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // JSON.parse repeats parts of the text in its message, which may be an address; only our own words are passed on.
    throw new DomainError('form.damaged', { part: FORM_FILE });
  }
}
