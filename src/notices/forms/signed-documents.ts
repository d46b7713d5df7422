import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedPdf } from './pades';

/** Kept at the same time, bytes of PDF. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Files that make out a certificate; see key-file.ts and token-file.ts. */
const ENDINGS = ['.pkcs11', '.pem', '.p12'] as const;

/** Inode and time of the last change; empty where there is no file. One that cannot be looked at is there: opening it says why. */
async function stateOf(path: string): Promise<string> {
  try {
    const { ino, ctimeMs } = await stat(path);
    return `${ino} ${ctimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : 'unknown';
  }
}

const statesOf = (folder: string, organisationId: string, endings: readonly string[]): Promise<string[]> =>
  Promise.all(endings.map((ending) => stateOf(join(folder, `${organisationId}${ending}`))));

/** Whether the operator has put a certificate there for this authority. */
export async function hasCertificate(folder: string, organisationId: string): Promise<boolean> {
  return (await statesOf(folder, organisationId, ENDINGS)).some((state) => state !== '');
}

interface Kept {
  readonly document: Promise<SignedPdf>;
  bytes: number;
}

/**
 * Documents that were signed lately, so that reading one many times does not sign it many times: a card needs seconds for each,
 * and every reader would have a document of another instant.
 */
export class SignedDocuments {
  private readonly kept = new Map<string, Kept>();

  /** What was made of this before, with the same certificate, or what `make` makes. A failure is not kept. */
  async once(folder: string, organisationId: string, of: unknown, make: () => Promise<SignedPdf>): Promise<SignedPdf> {
    const states = await statesOf(folder, organisationId, [...ENDINGS, '.passphrase']);
    const name = createHash('sha256')
      .update(JSON.stringify([organisationId, states, of]))
      .digest('hex');
    const known = this.kept.get(name);
    if (known) return known.document;
    const one: Kept = { document: make(), bytes: 0 };
    this.kept.set(name, one);
    try {
      const made = await one.document;
      one.bytes = made.pdf.length;
      this.makeRoom();
      return made;
    } catch (error) {
      this.kept.delete(name);
      throw error;
    }
  }

  /** The oldest go first. */
  private makeRoom(): void {
    let sum = [...this.kept.values()].reduce((bytes, one) => bytes + one.bytes, 0);
    for (const [name, { bytes }] of this.kept) {
      if (sum <= MOST_BYTES) return;
      if (bytes === 0) continue;
      this.kept.delete(name);
      sum -= bytes;
    }
  }
}
