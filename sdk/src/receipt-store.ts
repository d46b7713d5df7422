import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Receipt } from '../../src/domain/receipt';
import { parseVerifierKey, type VerifierKey } from '../../src/domain/checkpoint';
import { VerificationError } from './errors';

const RECEIPT_FILE = /^\d{16}-[0-9a-f-]{36}\.json$/;
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
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
    writePrivately(path.join(this.folder, name), `${JSON.stringify(kept, null, 2)}\n`);
    return name;
  }

  /** File names, oldest entry first. */
  files(): string[] {
    if (!fs.existsSync(this.folder)) return [];
    return fs
      .readdirSync(this.folder)
      .filter((name) => RECEIPT_FILE.test(name))
      .sort();
  }

  /** @throws SyntaxError when the file is not what was written */
  read(name: string): KeptReceipt {
    const kept = JSON.parse(fs.readFileSync(path.join(this.folder, name), 'utf8')) as KeptReceipt | null;
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
