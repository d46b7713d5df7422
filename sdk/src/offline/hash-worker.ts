import { parentPort } from 'node:worker_threads';
import { hardenDecoder } from '../../../src/infra/imaging/decode';
import { unreadable, type FileFault } from './file-fault';
import type { FileHashes } from './file-hashes';
import { hashFile } from './hash-file';
import { findSharp } from './hash-picture';

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
  await hardened;
  parentPort?.postMessage(await answer(job), []);
}

// The decoders of the formats that are hashed, and one thread each: as many as cores hash already.
const hardened = findSharp().then((sharp) => sharp && hardenDecoder(sharp));
parentPort?.on('message', (job: HashJob) => void serve(job));
