import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64';
import {
  Checkpoint,
  SignedBytes,
  VerifierKey,
  VerifySignature,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  signedBytes,
} from './checkpoint';
import { parseEntry } from './ledger-entry';
import { Hash, HASH_BYTES, leafHash, verifyConsistency, verifyInclusion } from './merkle';

/**
 * What every acknowledgement carries. Whoever keeps it can later convict an operator who took the entry out or
 * rewrote it: the signature on the checkpoint and the path to its root cannot both be explained away.
 */
export interface Receipt {
  readonly entry: {
    readonly id: string;
    /** The leaf hash in hex. */
    readonly digest: string;
    readonly seq: number;
    /** The entry's canonical bytes in base64, for those who may read it. */
    readonly bytes?: string;
  };
  /** The inclusion proof, hex, from the leaf upwards. */
  readonly inclusion: readonly string[];
  /** A C2SP signed note. */
  readonly checkpoint: string;
}

export type Verdict =
  { readonly ok: true; readonly checkpoint: Checkpoint } | { readonly ok: false; readonly fault: string };

function hash(hex: string): Hash {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new SyntaxError('not a hash in hex');
  return hexToBytes(hex);
}

function faultOf(error: unknown): { ok: false; fault: string } {
  return { ok: false, fault: error instanceof Error ? error.message : 'it cannot be read' };
}

/** Everything about a receipt but the signature: the bytes are the entry, and the leaf is in the checkpoint's tree. */
function checkContents(receipt: Receipt, checkpoint: Checkpoint): string | null {
  const leaf = hash(receipt.entry.digest);
  if (receipt.entry.bytes !== undefined) {
    const bytes = fromBase64(receipt.entry.bytes);
    if (bytesToHex(leafHash(bytes)) !== receipt.entry.digest) return 'the digest is not that of the bytes';
    if (parseEntry(bytes).id !== receipt.entry.id) return 'the bytes are of another entry';
  }
  const proof = receipt.inclusion.map(hash);
  const included = verifyInclusion(receipt.entry.seq, checkpoint.size, leaf, proof, checkpoint.root);
  return included ? null : 'the proof does not lead from the entry to the root of the checkpoint';
}

/** Never throws: a receipt that cannot be read is a receipt that does not verify. */
export function verifyReceipt(receipt: Receipt, key: VerifierKey, verify: VerifySignature): Verdict {
  try {
    const checkpoint = openCheckpoint(receipt.checkpoint, key, verify);
    const fault = checkContents(receipt, checkpoint);
    return fault === null ? { ok: true, checkpoint } : { ok: false, fault };
  } catch (error) {
    return faultOf(error);
  }
}

/**
 * The same for callers whose verification is asynchronous (WebCrypto in a browser): everything is checked but the
 * signature, and what is still to be verified is handed back.
 */
export function receiptClaim(
  receipt: Receipt,
  key: VerifierKey,
): { ok: true; checkpoint: Checkpoint; signed: SignedBytes } | { ok: false; fault: string } {
  try {
    const note = parseNote(receipt.checkpoint);
    const signed = signedBytes(note, key);
    if (!signed) return { ok: false, fault: 'the checkpoint is not signed by this key' };
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.origin !== key.name) return { ok: false, fault: 'the checkpoint is of another ledger' };
    const fault = checkContents(receipt, checkpoint);
    return fault === null ? { ok: true, checkpoint, signed } : { ok: false, fault };
  } catch (error) {
    return faultOf(error);
  }
}

/**
 * Whether the newer tree still begins with the older one (RFC 9162 section 2.1.4). Both checkpoints must already be
 * verified; the proof is hex hashes as `GET /v1/ledger/proof/consistency` gives them. False convicts the operator.
 */
export function checkConsistency(older: Checkpoint, newer: Checkpoint, proof: readonly string[]): boolean {
  if (older.origin !== newer.origin) return false;
  if (!proof.every((each) => each.length === 2 * HASH_BYTES && /^[0-9a-f]+$/.test(each))) return false;
  return verifyConsistency(older.size, newer.size, proof.map(hash), older.root, newer.root);
}
