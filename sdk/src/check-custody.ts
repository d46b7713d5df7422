import { hexToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../../src/domain/canonical';
import { BODY_PARTS, bodyDigest, parseEntry, type BodyPart, type LedgerEntry } from '../../src/domain/ledger-entry';
import { openCheckpoint, sameCheckpoint, type Checkpoint, type VerifierKey } from '../../src/domain/checkpoint';
import { fromBase64 } from '../../src/domain/base64';
import { verifyReceipt } from '../../src/domain/receipt';
import type { Custody, CustodyEntry } from './case-api';
import type { EntryBody } from './ledger-api';
import { verifyEd25519 } from './ed25519';
import { isPending, type ReceiptStore } from './receipt-store';
import { requireConsistent, type LedgerSource } from './witness';

export interface CheckedEntry {
  readonly entry: CustodyEntry;
  /** `pending`: the ledger has not come to it yet. */
  readonly verdict: 'verified' | 'pending' | 'failed';
  readonly fault: string | null;
}

export interface CheckedCustody {
  readonly entries: readonly CheckedEntry[];
  /** What is wrong with the chain as a whole, or null. */
  readonly fault: string | null;
  readonly verified: boolean;
}

/** What is shown of an entry must be what its bytes say, and the bytes must be in the ledger. */
function faultOf(entry: CustodyEntry, exhibitId: string, key: VerifierKey): string | null {
  if (isPending(entry.receipt)) return null;
  const { receipt } = entry;
  const verdict = verifyReceipt({ ...receipt, entry: { ...receipt.entry, bytes: entry.bytes } }, key, verifyEd25519);
  if (!verdict.ok) return verdict.fault;
  const fact = parseEntry(fromBase64(entry.bytes));
  if (receipt.entry.seq !== entry.seq || entry.id !== receipt.entry.id) return 'the receipt is of another entry';
  if (entry.digest !== receipt.entry.digest) return 'the digest is not that of the receipt';
  if (fact.subjects.exhibit !== exhibitId) return 'the entry is about another exhibit';
  if (fact.kind !== entry.kind || fact.at !== entry.at) return 'kind or time is not what the bytes say';
  const changed = BODY_PARTS.find((part) => !isBodyOf(fact, part, entry[part]));
  return changed === undefined ? null : `its ${changed} text is not the one that was recorded`;
}

/** A text that is not shown was erased or is another's; one that is shown must have the digest in the bytes. */
function isBodyOf(fact: LedgerEntry, part: BodyPart, shown: EntryBody | null): boolean {
  return shown === null || fact.bodies[part] === bodyDigest(hexToBytes(shown.salt), canonicalJson(shown.body));
}

/** Verifies each entry of a chain of custody with the kept key. Nothing of it is believed because the server says so. */
export function checkCustody(custody: Custody, exhibitId: string, key: VerifierKey): CheckedCustody {
  const entries = custody.entries.map((entry): CheckedEntry => {
    if (isPending(entry.receipt)) return { entry, verdict: 'pending', fault: null };
    const fault = faultOf(entry, exhibitId, key);
    return { entry, verdict: fault === null ? 'verified' : 'failed', fault };
  });
  const fault = chainFault(custody, exhibitId);
  const verified = fault === null && entries.every(({ verdict }) => verdict === 'verified');
  return { entries, fault, verified };
}

function chainFault({ exhibit, entries }: Custody, exhibitId: string): string | null {
  if (exhibit.id !== exhibitId) return 'the server shows another exhibit';
  if (entries.length === 0) return 'there is no entry about this exhibit';
  const places = entries.flatMap(({ seq }) => (seq === null ? [] : [seq]));
  return places.every((seq, index) => index === 0 || seq > (places[index - 1] ?? 0))
    ? null
    : 'the entries are out of order';
}

/** The checkpoints behind a chain of custody must contain the last one that was seen of this server. */
export async function requireKnownHistory(
  custody: Custody,
  key: VerifierKey,
  store: ReceiptStore,
  source: LedgerSource,
): Promise<void> {
  const before = store.lastCheckpoint();
  const last = before === null ? null : openCheckpoint(before, key, verifyEd25519);
  let previous: Checkpoint | null = last;
  for (const { receipt } of custody.entries) {
    if (isPending(receipt)) continue;
    const checkpoint = openCheckpoint(receipt.checkpoint, key, verifyEd25519);
    if (previous && !sameCheckpoint(previous, checkpoint)) await requireConsistent(previous, checkpoint, source);
    previous = checkpoint;
  }
}
