import { randomBytes } from 'node:crypto';

/**
 * An invented hash of 256 bits with as many ones as a PDQ has, 128: random bits alone lie outside what is taken for the hash
 * of a picture once in some ten thousand.
 */
export function randomHash(): string {
  const half = randomBytes(16);
  return Buffer.concat([half, half.map((byte) => byte ^ 0xff)]).toString('hex');
}
