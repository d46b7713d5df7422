import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a form login answers with: a JSON Web Token (RFC 7519) signed with HS256 that names a credential. One algorithm, one
 * issuer, one key: the header is compared as a whole and never interpreted.
 */
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
}

const sign = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** @param nowSeconds since 1970 */
export function issueTicket(
  key: Buffer,
  issuer: string,
  subject: string,
  nowSeconds: number,
  lifeSeconds: number,
): string {
  const claims: Claims = { iss: issuer, sub: subject, iat: nowSeconds, exp: nowSeconds + lifeSeconds };
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${sign(key, text).toString('base64url')}`;
}

/** The subject of a ticket that we signed and whose time has not passed; undefined for every other text. */
export function subjectOf(key: Buffer, issuer: string, ticket: string, nowSeconds: number): string | undefined {
  const [header, body, signature, ...rest] = ticket.split('.');
  if (header !== HEADER || body === undefined || signature === undefined || rest.length > 0) return undefined;
  const expected = sign(key, `${header}.${body}`);
  const shown = Buffer.from(signature, 'base64url');
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return undefined;
  // Ours, so of the form that we write.
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  return claims.iss === issuer && claims.exp > nowSeconds ? claims.sub : undefined;
}
