import { parseCanonical } from '../canonical';
import { isRecord } from '../json';
import { FORM_VERSION, isFormKind, type FormKind } from './forms';

/** Bytes of an embedded form: 10,000 addresses of 800 characters. What is larger is neither drawn nor read. */
export const MOST_FORM_BYTES = 8 * 2 ** 20;
/** Names of what is embedded in a form's PDF. */
export const FORM_FILE = 'form.json';
export const JWS_FILE = 'form.jws';

/** A form by its name, of which nothing else has been checked. */
export interface NamedForm {
  readonly form: FormKind;
  readonly v: typeof FORM_VERSION;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * What an embedded `form.json` says. It must be in canonical form: other bytes of the same value would not be those that
 * were signed. Throws a SyntaxError otherwise.
 */
export function parseForm(bytes: Uint8Array): NamedForm {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError('the form is not UTF-8');
  }
  const value = parseCanonical(text);
  if (!isRecord(value) || !isFormKind(value.form) || !isRecord(value.content)) throw new SyntaxError('this is no form');
  if (value.v !== FORM_VERSION) throw new SyntaxError('the form is of a version that is not known here');
  return value as unknown as NamedForm;
}
