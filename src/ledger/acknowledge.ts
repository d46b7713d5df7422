import { acknowledgedBytes, messageDigest, type Acknowledgement } from '../domain/acknowledgement';
import type { LedgerKey } from './ledger-key';

/** A message that has been taken. */
export interface Received {
  /** Of the request. */
  readonly id: string;
  readonly message: unknown;
  /** ISO 8601, by our clock. */
  readonly receivedAt: string;
}

export function acknowledge(key: LedgerKey, { id, message, receivedAt }: Received, entryId: string): Acknowledgement {
  const claim = { id, entryId, sha256: messageDigest(message), receivedAt };
  return { ...claim, signature: key.signBytes(acknowledgedBytes(claim)).toString('base64') };
}
