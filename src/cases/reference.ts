import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that a reference survives being read out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * What people call a case by, `2026-7K3Q-9M2X`: the year and 40 random bits. Not a running number: that would make every
 * submission of a unit wait for the one before, and tell whoever reads two of them how much lies between.
 */
export function caseReference(at: Date, random: Uint8Array = randomBytes(5)): string {
  const bits = random.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  const digits = Array.from({ length: 8 }, (_, i) => ALPHABET[Number((bits >> BigInt(5 * i)) & 31n)]).join('');
  return `${at.getUTCFullYear()}-${digits.slice(0, 4)}-${digits.slice(4)}`;
}
