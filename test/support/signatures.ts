import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { VerifySignature } from '../../src/domain/checkpoint';

/** The bytes before a raw Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export const rawKeyOf = (publicKey: KeyObject): Uint8Array =>
  publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);

/** Ed25519 by Node, for rules that are handed their cryptography. */
export const verifies: VerifySignature = ({ publicKey, message, signature }) =>
  verify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
