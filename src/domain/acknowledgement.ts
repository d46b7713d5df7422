import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64';
import { canonicalJson } from './canonical';
import type { VerifierKey, VerifySignature } from './checkpoint';

/**
 * What a machine says of a message that it has taken: which, when, and by its digest what. It is made at once, where a receipt
 * waits for the ledger, and says nothing of whether any person has looked at it: that is the notice's `humanAckAt`.
 */
export interface Acknowledgement {
  /** Of the request. */
  readonly id: string;
  /** The last entry that the message led to; the receipt beside this proves it. */
  readonly entryId: string;
  /** SHA-256 in hex over RFC 8785 of the JSON that was received; of `null` where there was none. */
  readonly sha256: string;
  /** By our clock, when it was here in full. */
  readonly receivedAt: string;
  /** Base64: Ed25519 by the ledger's key over {@link acknowledgedBytes}. */
  readonly signature: string;
}

type Claim = Omit<Acknowledgement, 'signature'>;

/** The ledger's key signs checkpoints too: no checkpoint begins like this. */
const LABEL = 'clepsydra-acknowledgement/v1\n';

export const messageDigest = (message: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(canonicalJson(message ?? null))));

export const acknowledgedBytes = ({ id, entryId, sha256: digest, receivedAt }: Claim): Uint8Array =>
  utf8ToBytes(LABEL + canonicalJson({ entryId, id, receivedAt, sha256: digest }));

/** Whether this key acknowledged exactly this message. Never throws. */
export function verifyAcknowledgement(
  acknowledgement: Acknowledgement,
  message: unknown,
  key: VerifierKey,
  verify: VerifySignature,
): boolean {
  try {
    if (acknowledgement.sha256 !== messageDigest(message)) return false;
    const signature = fromBase64(acknowledgement.signature);
    return verify({ publicKey: key.publicKey, message: acknowledgedBytes(acknowledgement), signature });
  } catch {
    return false;
  }
}
