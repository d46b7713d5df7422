import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64 } from '../base64';
import { canonicalJson } from '../canonical';
import type { Sign, VerifySignature } from '../checkpoint';
import { isRecord } from '../json';
import { formBytes, instantOf, type Form } from './forms';

/** `own`: made here, with its private part. `pinned`: of an authority elsewhere, recorded by the operator. */
export const KEY_ORIGINS = ['own', 'pinned'] as const;

/** A public key of an authority as a JSON Web Key (RFC 8037). Members that are not named here are ignored. */
export interface AuthorityJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The 32 bytes of the key, base64url. */
  readonly x: string;
  /** Its thumbprint (RFC 7638). */
  readonly kid: string;
  readonly alg?: 'EdDSA';
  readonly use?: 'sig';
  /** From this instant on it signs nothing: a form that says it is younger is not believed. */
  readonly retiredAt?: string;
}

export interface AuthorityJwks {
  readonly keys: readonly AuthorityJwk[];
}

export type FormVerdict = { readonly ok: true; readonly kid: string } | { readonly ok: false; readonly fault: string };

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MOST_CHARACTERS = 4096;

export const toBase64url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Throws a SyntaxError for anything that `toBase64url` would not have written. */
export function fromBase64url(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw new SyntaxError('not base64url');
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  return fromBase64(padded);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** RFC 7638 with SHA-256 over the members that RFC 8037 requires. */
export function thumbprintOf(publicKey: Uint8Array): string {
  return toBase64url(sha256(utf8(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x: toBase64url(publicKey) }))));
}

export function jwkOf(publicKey: Uint8Array, retiredAt?: Date | null): AuthorityJwk {
  return {
    kty: 'OKP',
    crv: 'Ed25519',
    x: toBase64url(publicKey),
    kid: thumbprintOf(publicKey),
    alg: 'EdDSA',
    use: 'sig',
    ...(retiredAt ? { retiredAt: retiredAt.toISOString() } : {}),
  };
}

const signingInput = (header: string, form: Form): Uint8Array => utf8(`${header}.${toBase64url(formBytes(form))}`);

/** A detached JWS (RFC 7515, appendix F) over the canonical form, in compact serialisation: `header..signature`. */
export function jwsOf(form: Form, kid: string, sign: Sign): string {
  const header = toBase64url(utf8(canonicalJson({ alg: 'EdDSA', kid })));
  return `${header}..${toBase64url(sign(signingInput(header, form)))}`;
}

interface Parsed {
  readonly header: string;
  readonly kid: string;
  readonly signature: Uint8Array;
}

/** Strict: the one algorithm, a key id, and nothing that would have to be understood (`crit`, `b64`). */
function parse(jws: string): Parsed | string {
  const [header = '', payload, encoded = '', ...more] = jws.split('.');
  if (jws.length > MOST_CHARACTERS || payload === undefined || more.length > 0) return 'this is no JWS';
  if (payload !== '') return 'the JWS is not detached';
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(header)));
    const signature = fromBase64url(encoded);
    if (!isRecord(value) || typeof value.kid !== 'string') return 'the JWS names no key';
    if (value.alg !== 'EdDSA') return 'the JWS has another algorithm than EdDSA';
    if ('crit' in value || 'b64' in value) return 'the JWS asks for an extension that is not known here';
    if (signature.length !== SIGNATURE_BYTES) return 'the signature does not have 64 bytes';
    return { header, kid: value.kid, signature };
  } catch {
    return 'this is no JWS';
  }
}

/** SHA-256 in base64url. */
const THUMBPRINT = /^[\w-]{43}$/;

/** The key that a detached JWS names, unverified; null for what is none, or names it by anything but a thumbprint (RFC 7638). */
export function kidOf(jws: string): string | null {
  const parsed = parse(jws);
  return typeof parsed === 'string' || !THUMBPRINT.test(parsed.kid) ? null : parsed.kid;
}

/** Whether one of these keys signed exactly this form, and had not been retired when the form says it was made. */
export function checkJws(form: Form, jws: string, keys: AuthorityJwks, verify: VerifySignature): FormVerdict {
  const parsed = parse(jws);
  if (typeof parsed === 'string') return { ok: false, fault: parsed };
  const key = keys.keys.find(({ kid, kty, crv }) => kid === parsed.kid && kty === 'OKP' && crv === 'Ed25519');
  if (!key) return { ok: false, fault: 'the key that signed is not among those given' };
  const publicKey = keyBytes(key);
  if (!publicKey) return { ok: false, fault: 'the key that is given has not the form of an Ed25519 key' };
  const { header, signature, kid } = parsed;
  if (!verify({ publicKey, message: signingInput(header, form), signature })) {
    return { ok: false, fault: 'the signature is not over this form' };
  }
  if (key.retiredAt !== undefined && !(instantOf(form).getTime() < Date.parse(key.retiredAt))) {
    return { ok: false, fault: 'the key had been retired when the form says it was made' };
  }
  return { ok: true, kid };
}

function keyBytes({ x }: AuthorityJwk): Uint8Array | null {
  try {
    const bytes = fromBase64url(x);
    return bytes.length === KEY_BYTES ? bytes : null;
  } catch {
    return null;
  }
}
