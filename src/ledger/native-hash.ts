import { hash } from 'node:crypto';
import { HASH_BYTES, type Hash } from '../domain/merkle';

/**
 * The hashes of domain/merkle by OpenSSL: 0.7 against 1.1 µs for a node, 0.9 against 2.6 µs for a leaf of 500 bytes.
 * The domain keeps its own because it must run in a browser.
 */
export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** bodyDigest and audienceDigest of domain/ledger-entry: SHA-256(salt ‖ text) in hex. */
export function saltedDigest(salt: Uint8Array, text: string): string {
  const length = Buffer.byteLength(text);
  const input = Buffer.allocUnsafe(salt.length + length);
  input.set(salt, 0);
  input.write(text, salt.length);
  return hash('sha256', input, 'hex');
}

export function leafHash(bytes: Uint8Array): Hash {
  const input = Buffer.allocUnsafe(1 + bytes.length);
  input[0] = 0;
  input.set(bytes, 1);
  return sha256(input);
}

// Hashing is synchronous and each call overwrites the whole of it, so one buffer will do.
const NODE_INPUT = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

export function nodeHash(left: Hash, right: Hash): Hash {
  NODE_INPUT.set(left, 1);
  NODE_INPUT.set(right, 1 + HASH_BYTES);
  return sha256(NODE_INPUT);
}
