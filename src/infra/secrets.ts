import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
  linkSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A secret that others on this machine could read is refused rather than used. */
export class LooseSecretError extends Error {}

function readPrivate(path: string): Buffer | undefined {
  try {
    const mode = statSync(path).mode & 0o777;
    if (mode & 0o077) throw new LooseSecretError(`a secret may be read by its owner alone: chmod 600 ${path}`);
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a secret whole or not at all: temporary file, fsync, link. The link fails when another process was first.
 * Returns false then, and the caller reads the other's.
 */
function writeOnce(path: string, content: Buffer): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}

/** Reads a secret of the folder, or makes it on the first start. 0600, never overwritten. */
export function readOrCreateSecret(directory: string, name: string, make: () => Buffer): Buffer {
  const path = join(directory, name);
  const present = readPrivate(path);
  if (present) return present;
  const made = make();
  if (writeOnce(path, made)) return made;
  return readPrivate(path) ?? made;
}

export const randomPassword = (): string => randomBytes(24).toString('base64url');
