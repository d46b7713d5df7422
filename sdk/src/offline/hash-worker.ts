import { parentPort } from 'node:worker_threads';
import { findSharp } from './decode-image';
import { unreadable, type FileFault } from './file-fault';
import { hashFile, type FileHashes } from './hash-file';

export interface HashJob {
  readonly file: string;
  /** The name as it is opened, where it is not UTF-8. */
  readonly bytes?: Uint8Array;
  readonly fast: boolean;
  readonly video: boolean;
}
export type HashAnswer =
  { readonly file: string; readonly hashes: FileHashes } | { readonly file: string; readonly error: FileFault };

/** Links are not followed here either: what was a file when the folder was read may be a link when it is opened. */
async function answer({ file, bytes, fast, video }: HashJob): Promise<HashAnswer> {
  try {
    return { file, hashes: await hashFile(bytes ? Buffer.from(bytes) : file, { fast, video, follow: false }) };
  } catch (error) {
    return { file, error: unreadable(error) };
  }
}

async function serve(job: HashJob): Promise<void> {
  // As many threads as cores hash already: each decodes on its own.
  (await findSharp())?.concurrency?.(1);
  const done = await answer(job);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(done);
}

parentPort?.on('message', (job: HashJob) => void serve(job));
