import { openCheckpoint, type Checkpoint, type VerifierKey } from '../../src/domain/checkpoint';
import { verifyReceipt } from '../../src/domain/receipt';
import { verifyEd25519 } from './ed25519';
import { NetworkError, ProblemError } from './errors';
import { isPending, type KeptReceipt, type ReceiptStore } from './receipt-store';
import { requireConsistent, type LedgerSource } from './witness';

export interface ReceiptFault {
  /** The file in the folder, or null when the fault is not one receipt's. */
  readonly file: string | null;
  readonly seq: number | null;
  readonly entryId: string | null;
  readonly fault: string;
}

export interface ReceiptReport {
  readonly folder: string;
  /** Receipts found sound, with the server where there is one. */
  readonly receipts: number;
  /** Different checkpoints that the server's present one was shown to contain. */
  readonly checkpoints: number;
  /** Entries that this account may not see; their proofs were checked, the server's copy was not. */
  readonly notShown: number;
  readonly against: 'server' | 'offline';
  /** The first that does not fit, or null. */
  readonly fault: ReceiptFault | null;
}

interface Read {
  readonly file: string;
  readonly kept: KeptReceipt;
  readonly checkpoint: Checkpoint;
}

class Misfit extends Error {
  constructor(readonly fault: ReceiptFault) {
    super(fault.fault);
  }
}

const misfit = (fault: string, at: { file: string; kept?: KeptReceipt } | null): Misfit => {
  const entry = at?.kept?.receipt.entry;
  return new Misfit({ file: at?.file ?? null, seq: entry?.seq ?? null, entryId: entry?.id ?? null, fault });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Rethrows what says nothing about the ledger (nobody answered, not signed in); anything else is a misfit. */
function asMisfit(error: unknown, at: { file: string; kept?: KeptReceipt } | null): unknown {
  if (error instanceof Misfit || error instanceof NetworkError) return error;
  if (error instanceof ProblemError && (error.status === 401 || error.status >= 500)) return error;
  return misfit(messageOf(error), at);
}

function readAll(store: ReceiptStore, key: VerifierKey): Read[] {
  return store.files().map((file) => {
    let kept: KeptReceipt;
    try {
      kept = store.read(file);
    } catch (error) {
      throw misfit(messageOf(error), { file });
    }
    const verdict = verifyReceipt(kept.receipt, key, verifyEd25519);
    if (!verdict.ok) throw misfit(verdict.fault, { file, kept });
    return { file, kept, checkpoint: verdict.checkpoint };
  });
}

/** Every checkpoint that is held must be the beginning of the server's present one; returns how many there were. */
async function compareCheckpoints(
  store: ReceiptStore,
  key: VerifierKey,
  reads: readonly Read[],
  source: LedgerSource,
): Promise<number> {
  const present = openCheckpoint(await source.checkpoint(), key, verifyEd25519);
  const last = store.lastCheckpoint();
  const held = reads.map((read): [Checkpoint, Read | null] => [read.checkpoint, read]);
  if (last !== null) held.push([openCheckpoint(last, key, verifyEd25519), null]);
  const seen = new Set<string>();
  for (const [checkpoint, read] of held) {
    const name = `${checkpoint.size} ${Buffer.from(checkpoint.root).toString('hex')}`;
    if (seen.has(name)) continue;
    seen.add(name);
    try {
      // Nothing that was signed is ever taken back, so a present tree that is smaller is a history cut short.
      if (checkpoint.size > present.size) {
        throw misfit(`the server shows ${present.size} entries, but signed ${checkpoint.size} before`, read);
      }
      await requireConsistent(checkpoint, present, source);
    } catch (error) {
      throw asMisfit(error, read);
    }
  }
  return seen.size;
}

/** True when the server shows the same entry at the same place, false when this account may not see it. */
async function compareEntry(
  read: Read,
  key: VerifierKey,
  source: LedgerSource,
  organisationId: string | null,
): Promise<boolean> {
  const { entry } = read.kept.receipt;
  try {
    const now = await source.receipt(entry.id);
    if (isPending(now)) throw misfit('the server says that this entry has no place in the ledger yet', read);
    const verdict = verifyReceipt(now, key, verifyEd25519);
    if (!verdict.ok) throw misfit(`what the server shows now does not verify: ${verdict.fault}`, read);
    if (now.entry.id !== entry.id || now.entry.seq !== entry.seq || now.entry.digest !== entry.digest) {
      throw misfit('the server shows another entry at this place', read);
    }
    return true;
  } catch (error) {
    const isHidden = error instanceof ProblemError && (error.status === 404 || error.status === 403);
    if (isHidden && read.kept.organisationId !== organisationId) return false;
    if (isHidden) throw misfit('the server no longer shows this entry', read);
    throw asMisfit(error, read);
  }
}

/**
 * Verifies every kept receipt: by itself (inclusion and signature, with the key kept at first use) and, given a
 * server, against it: the key, every checkpoint, every entry. Stops at the first that does not fit.
 * @throws NetworkError, ProblemError when the server could not be asked
 */
export async function verifyReceipts(
  store: ReceiptStore,
  source: LedgerSource | null,
  organisationId: string | null = null,
): Promise<ReceiptReport> {
  const against: ReceiptReport['against'] = source ? 'server' : 'offline';
  const done = { folder: store.folder, receipts: 0, checkpoints: 0, notShown: 0, against };
  try {
    const key = store.key();
    if (!key) throw misfit('no key of a server is kept in this folder', null);
    const reads = readAll(store, key);
    if (!source) return { ...done, receipts: reads.length, fault: null };
    store.pin(await source.key());
    done.checkpoints = await compareCheckpoints(store, key, reads, source);
    for (const read of reads) {
      if (!(await compareEntry(read, key, source, organisationId))) done.notShown += 1;
      done.receipts += 1;
    }
    return { ...done, fault: null };
  } catch (error) {
    const fault = asMisfit(error, null);
    if (fault instanceof Misfit) return { ...done, fault: fault.fault };
    throw fault;
  }
}
