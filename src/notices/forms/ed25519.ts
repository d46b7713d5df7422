import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Sign, VerifySignature } from '../../domain/checkpoint';

/** What stands before the 32 bytes of a private and of a public Ed25519 key in their DER forms (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export interface Ed25519Pair {
  /** 32 bytes. */
  readonly seed: Buffer;
  readonly publicKey: Buffer;
}

export function newEd25519(): Ed25519Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    seed: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length),
  };
}

export function signerOf(seed: Uint8Array): Sign {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return (message) => sign(null, message, key);
}

/** False for a key or signature of no valid form. */
export const verifyEd25519: VerifySignature = ({ publicKey, message, signature }) => {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
};
