import { createHash } from 'node:crypto';
import { Integer, Sequence } from 'asn1js';
import type { Token } from './token';
import type { Digest, SigningScheme } from './token-task';

/** DigestInfo up to the digest (RFC 8017, 9.2, note 1): a token pads what it is given, and does not say what it is. */
const DIGEST_INFO = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
} as const satisfies Record<Digest, string>;

const integer = (bytes: Uint8Array): Integer => Integer.fromBigInt(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

/** From r and s behind each other to the SEQUENCE of X.509 and CMS (RFC 3279, 2.2.3). */
function derOf(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const value = [integer(signature.subarray(0, half)), integer(signature.subarray(half))];
  return new Uint8Array(new Sequence({ value }).toBER());
}

/**
 * Signs these bytes, which are hashed here: no more than a digest goes to the token. ECDSA in DER.
 * @throws DomainError token.*
 */
export async function signWithToken(token: Token, scheme: SigningScheme, bytes: Uint8Array): Promise<Uint8Array> {
  const digest = createHash(scheme.digest).update(bytes).digest();
  if (scheme.kind === 'RSA') {
    return token.sign(scheme, Buffer.concat([Buffer.from(DIGEST_INFO[scheme.digest], 'hex'), digest]));
  }
  const signature = await token.sign(scheme, digest);
  return scheme.kind === 'ECDSA' ? derOf(signature) : signature;
}
