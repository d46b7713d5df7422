import { createPublicKey, verify } from 'node:crypto';
import type { VerifySignature } from '../../src/domain/checkpoint';

/** The bytes before a raw Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const verifyEd25519: VerifySignature = ({ publicKey, message, signature }) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
};
