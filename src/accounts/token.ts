import { createHash, randomBytes } from 'node:crypto';

/** Prefixes let a secret scanner recognise a leaked credential. 32 random bytes, so a plain SHA-256 is enough to keep it. */
const PREFIX = { session: 'cls_', 'api-key': 'clk_' } as const;

export type CredentialKind = keyof typeof PREFIX;

export const makeToken = (kind: CredentialKind): string => PREFIX[kind] + randomBytes(32).toString('base64url');

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export function kindOfToken(token: string): CredentialKind | undefined {
  if (token.startsWith(PREFIX.session)) return 'session';
  if (token.startsWith(PREFIX['api-key'])) return 'api-key';
  return undefined;
}
