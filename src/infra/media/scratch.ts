import { mkdir, mkdtemp, open, readdir, rm, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../domain/errors';

/** A file that decoders may seek in. */
export interface SeekableFile {
  readonly fd: number;
  readonly size: number;
  /** The path by which a child opens it that was given the descriptor as its number `fd`. */
  pathIn(fd: number): string;
  read(position: number, length: number): Promise<Buffer>;
}

/** One that only this process and those it hands the descriptor to can open. */
export interface ScratchFile extends SeekableFile {
  remove(): Promise<void>;
}

const NAME = /^media-(\d+)-/;
/** Of this process, all instances together: one must not sweep away what another is writing. */
const live = new Set<string>();
const HAS_PROC = process.platform === 'linux';

/**
 * Content that a decoder has to seek in, for which a pipe will not do. Every file is 0600 in a folder 0700 of its own.
 * On Linux its name is removed before the first byte is written and it lives on as a descriptor, so that even a crash
 * leaves nothing to be found; elsewhere the folder goes when the work ends, or with the next {@link sweep}.
 */
export class Scratch {
  constructor(private readonly folder: string) {}

  /** Removes what ended processes left behind; returns how many folders that were. */
  async sweep(): Promise<number> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const left = names.filter((name) => {
      const pid = Number(NAME.exec(name)?.[1] ?? NaN);
      if (!Number.isInteger(pid) || live.has(name)) return false;
      // In a container every process is number 1: an own number that is not in use here belongs to one before us.
      return pid === process.pid || !isRunning(pid);
    });
    for (const name of left) await rm(join(this.folder, name), { recursive: true, force: true });
    return left.length;
  }

  /**
   * Writes the source to a new file.
   * @param declaredSize bytes expected, or undefined.
   * @throws DomainError video.too-large, video.truncated, storage.full; the signal's AbortError; the source's own error.
   */
  async receive(
    source: Readable,
    { maxBytes, declaredSize, signal }: { maxBytes: number; declaredSize?: number | undefined; signal: AbortSignal },
  ): Promise<ScratchFile> {
    const { folder, path, handle } = await this.#create();
    const allowed = Math.min(maxBytes, declaredSize ?? maxBytes);
    let size = 0;
    const write = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > allowed) throw new DomainError('video.too-large', { maxBytes: allowed });
        await handle.writeFile(chunk);
      }
    };
    const remove = async (): Promise<void> => {
      await handle.close();
      await rm(folder, { recursive: true, force: true });
      live.delete(basename(folder));
    };
    try {
      await pipeline(source, write, { signal });
      if (size < (declaredSize ?? 1)) throw new DomainError('video.truncated', { bytes: size, declaredSize });
    } catch (error) {
      await remove();
      throw isFull(error) ? new DomainError('storage.full') : error;
    }
    return { ...seekable(handle, size, path), remove };
  }

  async #create(): Promise<{ folder: string; path: string; handle: FileHandle }> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // mkdtemp makes it 0700.
    const folder = await mkdtemp(join(this.folder, `media-${process.pid}-`));
    live.add(basename(folder));
    const path = join(folder, 'content');
    const handle = await open(path, 'wx+', 0o600);
    if (HAS_PROC) await unlink(path);
    return { folder, path, handle };
  }
}

/** A file that is open, of `size` bytes; on Linux its name no longer matters. */
export function seekable(handle: FileHandle, size: number, path: string): SeekableFile {
  const pathIn = (fd: number): string => (HAS_PROC ? `/proc/self/fd/${fd}` : path);
  return { fd: handle.fd, size, pathIn, read: (at, length) => readAt(handle, at, length) };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}
