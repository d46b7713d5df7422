import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** 256 bits: the token is all that an answer without an account needs. Kept as its SHA-256 alone. */
export const makeToken = (): string => randomBytes(32).toString('base64url');
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Crockford's alphabet: nothing in it is taken for something else on paper or on the telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 12;
const CODE = new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`);

/** 60 bits, to be typed: it opens nothing, and shows who wrote the mail that carries it. */
export const makeCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

export const shownCode = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-');

/** A code as a person types it; null for what is none. */
export function readCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return CODE.test(code) ? code : null;
}

/** A page that was left open over night is asked for anew. */
const FORM_LASTS_MS = 12 * 3_600_000;
/** Between the clocks of two nodes. */
const SKEW_MS = 60_000;
const FORM = /^([0-9a-z]{1,11})\.([0-9a-f]{32})\.([0-9a-f]{64})$/;

const macOf = (token: string, stamp: string, id: string): string =>
  createHmac('sha256', token).update(`form\n${stamp}\n${id}`).digest('hex');

/** Marks one showing of a form: it is used once. Nobody who does not have the link can make one. */
export function makeForm(token: string, now: Date): string {
  const [stamp, id] = [now.getTime().toString(36), randomBytes(16).toString('hex')];
  return `${stamp}.${id}.${macOf(token, stamp, id)}`;
}

/** The id of a form that was shown by us to the holder of this link, not too long ago; null otherwise. */
export function openForm(token: string, form: string, now: Date): string | null {
  const [, stamp, id, mac] = FORM.exec(form) ?? [];
  if (!stamp || !id || !mac) return null;
  if (!timingSafeEqual(Buffer.from(macOf(token, stamp, id)), Buffer.from(mac))) return null;
  const ageMs = now.getTime() - Number.parseInt(stamp, 36);
  return ageMs >= -SKEW_MS && ageMs <= FORM_LASTS_MS ? id : null;
}
