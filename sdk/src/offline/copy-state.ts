import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/domain/json';
import { errnoOf } from '../errno';
import type { Terms } from './terms';

/** The local copy cannot be used; the message says why and what helps. */
export class LocalCopyError extends Error {
  override readonly name = 'LocalCopyError';
}

/** Whose lists the copy holds: another server, account or choice of lists is another copy. */
export interface CopyOf {
  /** Origin of the server. */
  readonly server: string;
  /** Ids of the lists, sorted; empty: every list that the account may read. */
  readonly lists: readonly string[];
}

const VERSION = 3;

/** The one file that says what is committed; renamed into place after every page. */
export interface CopyState extends CopyOf {
  /** 2: films are kept with their frames. 3: a signal with what is said on the lists that it rests on. */
  readonly version: typeof VERSION;
  /** Name of the file of records, of which the first `bytes` count and have this digest. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The server's cursor behind the last record. */
  readonly through: string;
  /** True once the feed was read to its end for the first time. */
  readonly complete: boolean;
  /** When the end of the feed was last reached; null before. */
  readonly syncedAt: string | null;
  readonly terms: Terms;
  /** SHA-256 of all of the above as JSON: the policy decides what is blocked, so it is no less guarded than the records. */
  readonly seal: string;
}

const STATE_FILE = 'copy.json';
export const RECORDS_FILE = /^signals-\d{6}\.jsonl$/;

/** Null where there is none. @throws LocalCopyError when it is not what was written */
export function readState(folder: string): CopyState | null {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, STATE_FILE), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) === 'EISDIR') throw damagedState(folder);
    throw error;
  }
  return checkedState(text, folder);
}

/** Renamed into place, so that a reader finds the one before or this one, whole. */
export function writeState(folder: string, what: Omit<CopyState, 'seal' | 'version'>): CopyState {
  const unsealed = { ...what, version: VERSION } as const;
  const state = { ...unsealed, seal: sealOf(unsealed) };
  const beside = path.join(folder, `${STATE_FILE}.${randomBytes(4).toString('hex')}.new`);
  const handle = fs.openSync(beside, 'wx', 0o600);
  try {
    fs.writeSync(handle, `${JSON.stringify(state, null, 2)}\n`);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(beside, path.join(folder, STATE_FILE));
  return state;
}

export function removeState(folder: string): void {
  fs.rmSync(path.join(folder, STATE_FILE), { force: true, recursive: true });
}

/** A state that a killed process did not rename into place. */
export const isLeftOver = (name: string): boolean => name.startsWith(`${STATE_FILE}.`) && name.endsWith('.new');

function sealOf(state: Readonly<Record<string, unknown>>): string {
  // Left out of the text by being undefined.
  return createHash('sha256')
    .update(JSON.stringify({ ...state, seal: undefined }))
    .digest('hex');
}

const damagedState = (folder: string): LocalCopyError =>
  new LocalCopyError(`the local copy in ${folder} is damaged: ${STATE_FILE} cannot be read; sync to fetch it anew`);

const BEFORE: Readonly<Record<number, string>> = {
  1: 'films were kept with their frames',
  2: 'what is said on disputed lists was told apart',
};

const olderState = (folder: string, before: string): LocalCopyError =>
  new LocalCopyError(`the local copy in ${folder} was made before ${before}; sync to fetch it anew`);

function checkedState(text: string, folder: string): CopyState {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    state = null;
  }
  const before = isRecord(state) ? BEFORE[Number(state['version'])] : undefined;
  if (before) throw olderState(folder, before);
  const reads =
    isRecord(state) &&
    state['version'] === VERSION &&
    typeof state['server'] === 'string' &&
    Array.isArray(state['lists']) &&
    typeof state['file'] === 'string' &&
    RECORDS_FILE.test(state['file']) &&
    Number.isSafeInteger(state['bytes']) &&
    typeof state['sha256'] === 'string' &&
    isRecord(state['terms']) &&
    typeof state['through'] === 'string' &&
    state['seal'] === sealOf(state);
  if (!reads) throw damagedState(folder);
  return state as CopyState;
}
