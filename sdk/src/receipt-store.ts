import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Receipt } from '../../src/domain/receipt';
import type { PendingReceipt } from './api';
import { parseVerifierKey, type VerifierKey } from '../../src/domain/checkpoint';
import { VerificationError } from './errors';
import { errnoOf } from './errno';

const RECEIPT_FILE = /^\d{16}-[0-9a-f-]{36}\.json$/;
const PENDING_FILE = /^pending-[0-9a-f-]{36}\.json$/;
const KEY_FILE = 'key';
const CHECKPOINT_FILE = 'checkpoint';

/** A receipt as it is kept, with what it was given for. */
export interface KeptReceipt {
  readonly savedAt: string;
  /** The request it answers, e.g. `POST /v1/notices/{id}/send`; never an address or a name. */
  readonly route: string;
  /** Whose account asked: another organisation may not see the entry. */
  readonly organisationId: string | null;
  readonly receipt: Receipt;
}

/** What was acknowledged before the ledger had come to its entry: the receipt is fetched later. */
export interface AwaitedReceipt extends Omit<KeptReceipt, 'receipt'> {
  readonly receipt: PendingReceipt;
}

export const isPending = (receipt: Receipt | PendingReceipt): receipt is PendingReceipt => 'state' in receipt;

/** The folder for everything the command line keeps; `CLEPSYDRA_HOME` moves it. */
export const homeFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  env['CLEPSYDRA_HOME'] || path.join(os.homedir(), '.clepsydra');

/** `clepsydra.example_8443`: a server's part of the folder. */
export const hostFolder = (baseUrl: string): string => new URL(baseUrl).host.replace(/[^a-zA-Z0-9.-]/g, '_');

/** Written beside and renamed into place, readable by its owner only: never half a file, never somebody else's. */
export function writePrivately(file: string, content: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomBytes(4).toString('hex')}.new`;
  fs.writeFileSync(beside, content, { mode: 0o600, flag: 'wx' });
  fs.renameSync(beside, file);
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * What a party holds against the operator of one server: its key as first seen, the newest checkpoint found to be
 * consistent with all before it, and every receipt. One folder, plain files, mode 0600.
 */
export class ReceiptStore {
  constructor(readonly folder: string) {}

  static of(baseUrl: string, home: string = homeFolder()): ReceiptStore {
    return new ReceiptStore(path.join(home, 'receipts', hostFolder(baseUrl)));
  }

  /** The verifier key as it was when this server was first used, or null. */
  key(): VerifierKey | null {
    const text = readIfThere(path.join(this.folder, KEY_FILE));
    return text === null ? null : parseVerifierKey(text.trim());
  }

  /**
   * Keeps the key of a server at first use. True when it was new.
   * @throws VerificationError when another key was kept before
   */
  pin(key: string): boolean {
    const kept = readIfThere(path.join(this.folder, KEY_FILE))?.trim();
    if (kept === undefined) {
      parseVerifierKey(key);
      writePrivately(path.join(this.folder, KEY_FILE), `${key}\n`);
      return true;
    }
    if (kept === key) return false;
    throw new VerificationError(
      `the server's key is ${key}, but ${kept} was kept at first use. If the installation was set up anew, move ${this.folder} away; otherwise somebody else answers, or history was replaced`,
    );
  }

  keep(kept: KeptReceipt): string {
    const { seq, id } = kept.receipt.entry;
    const name = `${String(seq).padStart(16, '0')}-${id}.json`;
    if (!RECEIPT_FILE.test(name)) throw new VerificationError('the receipt names no entry');
    // The first stays: a later one proves the same entry by a later checkpoint, and what was signed first is the evidence.
    if (!fs.existsSync(path.join(this.folder, name))) {
      writePrivately(path.join(this.folder, name), `${JSON.stringify(kept, null, 2)}\n`);
    } else if (this.read(name).receipt.entry.digest !== kept.receipt.entry.digest) {
      throw new VerificationError('the server gave another receipt for this entry before');
    }
    return name;
  }

  keepAwaited(awaited: AwaitedReceipt): void {
    const name = `pending-${awaited.receipt.entry.id}.json`;
    if (!PENDING_FILE.test(name)) throw new VerificationError('the receipt names no entry');
    writePrivately(path.join(this.folder, name), `${JSON.stringify(awaited, null, 2)}\n`);
  }

  awaited(): AwaitedReceipt[] {
    return this.#names(PENDING_FILE).map((name) => JSON.parse(this.#text(name)) as AwaitedReceipt);
  }

  forgetAwaited(entryId: string): void {
    fs.rmSync(path.join(this.folder, `pending-${entryId}.json`), { force: true });
  }

  /** File names, oldest entry first. */
  files(): string[] {
    return this.#names(RECEIPT_FILE);
  }

  #names(shape: RegExp): string[] {
    const all = fs.existsSync(this.folder) ? fs.readdirSync(this.folder) : [];
    return all.filter((name) => shape.test(name)).sort();
  }

  #text(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), 'utf8');
  }

  /** @throws SyntaxError when the file is not what was written */
  read(name: string): KeptReceipt {
    const kept = JSON.parse(this.#text(name)) as KeptReceipt | null;
    const { entry, inclusion, checkpoint } = kept?.receipt ?? {};
    const reads =
      typeof entry?.id === 'string' &&
      typeof entry.seq === 'number' &&
      Array.isArray(inclusion) &&
      typeof checkpoint === 'string';
    if (!kept || !reads || !name.includes(entry.id)) throw new SyntaxError('the file is not a receipt any more');
    return kept;
  }

  /** The newest checkpoint that was verified and found consistent, as a signed note, or null. */
  lastCheckpoint(): string | null {
    return readIfThere(path.join(this.folder, CHECKPOINT_FILE));
  }

  rememberCheckpoint(note: string): void {
    writePrivately(path.join(this.folder, CHECKPOINT_FILE), note);
  }
}
