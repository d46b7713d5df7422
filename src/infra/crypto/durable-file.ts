import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../../domain/errors';

/** By its code alone: an error from another realm is not an instance of this one's Error. */
export const isErrno = (error: unknown, ...codes: string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));

/** A full disk is the only fault of storage that a client is told as such. */
export const storageError = (error: unknown): unknown =>
  isErrno(error, 'ENOSPC', 'EDQUOT') ? new DomainError('storage.full') : error;

/** A name is on the disk only once its directory is: fsync(2) of the file does not cover its entry. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes a directory for the service alone, and its name durable. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first) for (let at = path; at.length >= first.length; at = dirname(at)) await syncDirectory(dirname(at));
}

/** writev(2) may write less than it was given. */
export async function writeFully(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<number> {
  let at = position;
  let rest = [...buffers];
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    let skip = bytesWritten;
    while (rest[0] && skip >= rest[0].length) skip -= rest.shift()?.length ?? 0;
    if (rest[0] && skip > 0) rest = [rest[0].subarray(skip), ...rest.slice(1)];
  }
  return at - position;
}

const LEFTOVER = /\.[0-9a-f]{12}\.tmp$/;
export const isTemporary = (name: string): boolean => LEFTOVER.test(name);

async function writeTemporary(path: string, content: Uint8Array): Promise<string> {
  const temporary = join(dirname(path), `${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeFully(file, [content], 0);
    await file.datasync();
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/** Puts a small file in place whole or not at all, over an older one if there is one; on the disk when it returns. */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, content);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** As `replaceFile`, but never over an older one: false when somebody else was first. */
export async function createFile(path: string, content: Uint8Array): Promise<boolean> {
  const temporary = await writeTemporary(path, content);
  try {
    await link(temporary, path);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(temporary);
    await syncDirectory(dirname(path));
  }
  return true;
}

/**
 * Overwrites, unlinks, and makes both durable. On flash and on copy-on-write file systems the old blocks may survive the
 * overwriting: what is destroyed this way is therefore never kept in the clear. False when there was no such file.
 */
export async function destroyFile(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r+');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  try {
    const { size } = await file.stat();
    await writeFully(file, [randomBytes(size)], 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await unlink(path);
  await syncDirectory(dirname(path));
  return true;
}
