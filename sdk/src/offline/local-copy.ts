import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../errno';
import {
  LocalCopyError,
  RECORDS_FILE,
  isLeftOver,
  readState,
  removeState,
  writeState,
  type CopyOf,
  type CopyState,
} from './copy-state';
import { FolderLock } from './folder-lock';

const READ_BYTES = 2 ** 20;

/**
 * Signals on the disk: lines that are only appended to, and beside them the state, which says how many of their bytes
 * are committed. A process killed at any point leaves the last committed page and at most a tail that nothing points to.
 * Mode 0600 in a folder of 0700: what is on the lists is nobody else's business.
 */
export class LocalCopy {
  #state: CopyState | null = null;
  #digest: Hash = createHash('sha256');

  constructor(readonly folder: string) {}

  get state(): CopyState | null {
    return this.#state;
  }

  /**
   * Reads everything that is committed.
   * @param onLine called with each record; what it was called with counts only when this returns
   * @throws LocalCopyError when a file is cut short, altered or not ours
   */
  load(onLine: (line: string) => void): CopyState | null {
    this.#state = null;
    this.#digest = createHash('sha256');
    const state = readState(this.folder);
    if (!state) return null;
    this.#readRecords(state, onLine);
    this.#state = state;
    return state;
  }

  /** True when another process has committed something since. */
  isBehind(): boolean {
    const onDisk = readState(this.folder);
    return onDisk?.sha256 !== this.#state?.sha256 || onDisk?.through !== this.#state?.through;
  }

  /** One process writes at a time. @throws LocalCopyError when another one does */
  lock(): FolderLock {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const lock = FolderLock.take(path.join(this.folder, 'lock'));
    if (!lock) throw new LocalCopyError(`another process is syncing ${this.folder}`);
    return lock;
  }

  /** Commits a page: its records are on the disk before the cursor says so. */
  append(
    of: CopyOf,
    lines: readonly string[],
    page: Pick<CopyState, 'through' | 'complete' | 'syncedAt' | 'terms'>,
  ): void {
    const before = this.#state;
    const file = before?.file ?? this.#nextFile(null);
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
    const committed = before?.bytes ?? 0;
    const handle = fs.openSync(path.join(this.folder, file), before ? 'r+' : 'w', 0o600);
    try {
      // Over whatever a killed process left behind the committed part.
      fs.ftruncateSync(handle, committed);
      writeAll(handle, text, committed);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    const digest = this.#digest.copy().update(text);
    const bytes = committed + text.length;
    this.#state = writeState(this.folder, {
      ...of,
      file,
      bytes,
      sha256: digest.copy().digest('hex'),
      ...page,
    });
    this.#digest = digest;
  }

  /** Writes what stands into a new file, without what was replaced or withdrawn since. */
  compact(lines: Iterable<string>): void {
    const before = this.#state;
    if (!before) return;
    const file = this.#nextFile(before.file);
    const digest = createHash('sha256');
    const handle = fs.openSync(path.join(this.folder, file), 'w', 0o600);
    let bytes = 0;
    try {
      for (const text of chunks(lines)) {
        digest.update(text);
        writeAll(handle, text, bytes);
        bytes += text.length;
      }
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    const { seal: _, ...rest } = before;
    this.#state = writeState(this.folder, { ...rest, file, bytes, sha256: digest.copy().digest('hex') });
    this.#digest = digest;
    this.#sweep(file);
  }

  /** Forgets everything, so that the next sync fetches it anew. */
  clear(): void {
    removeState(this.folder);
    this.#sweep(null);
    this.#state = null;
    this.#digest = createHash('sha256');
  }

  #readRecords({ file, bytes, sha256 }: CopyState, onLine: (line: string) => void): void {
    const damaged = (how: string): LocalCopyError =>
      new LocalCopyError(`the local copy in ${this.folder} is damaged: ${file} ${how}; sync to fetch it anew`);
    let handle: number;
    try {
      handle = fs.openSync(path.join(this.folder, file), 'r');
    } catch (error) {
      throw errnoOf(error) === 'ENOENT' ? damaged('is missing') : error;
    }
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let at = 0;
    let rest: Buffer = Buffer.alloc(0);
    try {
      while (at < bytes) {
        const read = fs.readSync(handle, buffer, 0, Math.min(READ_BYTES, bytes - at), at);
        if (read === 0) throw damaged(`ends after ${at} of ${bytes} bytes`);
        at += read;
        this.#digest.update(buffer.subarray(0, read));
        rest = eachLine(Buffer.concat([rest, buffer.subarray(0, read)]), onLine);
      }
    } finally {
      fs.closeSync(handle);
    }
    if (rest.length > 0 || this.#digest.copy().digest('hex') !== sha256) throw damaged('is not what was written');
  }

  #nextFile(before: string | null): string {
    const number = before === null ? 1 : (Number(before.slice('signals-'.length, -'.jsonl'.length)) % 999_999) + 1;
    return `signals-${String(number).padStart(6, '0')}.jsonl`;
  }

  /** Removes files that nothing points to. */
  #sweep(kept: string | null): void {
    if (!fs.existsSync(this.folder)) return;
    for (const name of fs.readdirSync(this.folder)) {
      if ((RECORDS_FILE.test(name) || isLeftOver(name)) && name !== kept)
        fs.rmSync(path.join(this.folder, name), { force: true });
    }
  }
}

/** Calls with each whole line; returns what follows the last of them. */
function eachLine(buffer: Buffer, onLine: (line: string) => void): Buffer {
  let from = 0;
  for (let end = buffer.indexOf(10, from); end >= 0; end = buffer.indexOf(10, from)) {
    onLine(buffer.toString('utf8', from, end));
    from = end + 1;
  }
  return Buffer.from(buffer.subarray(from));
}

function writeAll(handle: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += fs.writeSync(handle, bytes, done, bytes.length - done, position + done);
  }
}

function* chunks(lines: Iterable<string>): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < READ_BYTES) continue;
    yield Buffer.from(text, 'utf8');
    text = '';
  }
  if (text !== '') yield Buffer.from(text, 'utf8');
}
