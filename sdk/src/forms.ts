import type { Form } from '../../src/domain/forms/forms';
import { checkJws, type AuthorityJwk, type AuthorityJwks, type FormVerdict } from '../../src/domain/forms/jws';
import { parseForm } from '../../src/domain/forms/read-form';
import { isRecord } from '../../src/domain/json';
import { verifyEd25519 } from './ed25519';
import { VerificationError } from './errors';
import { embeddedForm } from './forms-pdf';

export type { AuthorityJwk, AuthorityJwks, FormVerdict } from '../../src/domain/forms/jws';
export type {
  AnnexI,
  AnnexII,
  AnnexIII,
  Form,
  FormKind,
  Referral,
  ReferralResponse,
} from '../../src/domain/forms/forms';

export interface FormFile {
  /** Named and in canonical form; that it has the members of its schema is checked by whoever takes it in. */
  readonly form: Form;
  /** Null where the file has none. */
  readonly jws: string | null;
}

const isPdf = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-');

/** A form from its file: the PDF that carries it, or form.json itself. @throws VerificationError */
export function openForm(bytes: Uint8Array): FormFile {
  const { json, jws } = isPdf(bytes) ? embeddedForm(bytes) : { json: bytes, jws: null };
  try {
    return { form: parseForm(json) as unknown as Form, jws };
  } catch {
    throw new VerificationError('this is no form in the canonical form (RFC 8785) in which it is signed');
  }
}

/** The keys of a JWK Set that can have signed a form; others are left out. @throws VerificationError */
export function parseKeys(text: string): AuthorityJwks {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VerificationError('the keys are not JSON');
  }
  const listed: unknown = isRecord(value) ? value['keys'] : undefined;
  if (!Array.isArray(listed)) throw new VerificationError('the keys are not a JWK Set (RFC 7517)');
  return { keys: listed.filter(isKey) };
}

const isKey = (value: unknown): value is AuthorityJwk =>
  isRecord(value) &&
  value['kty'] === 'OKP' &&
  value['crv'] === 'Ed25519' &&
  typeof value['x'] === 'string' &&
  typeof value['kid'] === 'string' &&
  (value['retiredAt'] === undefined || typeof value['retiredAt'] === 'string');

/** Whether one of these keys signed exactly this form. Needs no network. */
export function verifyForm(form: Form, jws: string, keys: AuthorityJwks): FormVerdict {
  try {
    return checkJws(form, jws, keys, verifyEd25519);
  } catch {
    return { ok: false, fault: 'the form or the key is not of a form that can be checked' };
  }
}
