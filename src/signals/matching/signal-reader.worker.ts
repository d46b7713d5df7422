import { parentPort, workerData } from 'node:worker_threads';
import { HammingReader } from '../../perceptual/hamming-reader';
import type { SharedHammingIndex } from '../../perceptual/hamming-search';

/** A piece of a batch, of one index. */
export interface ReaderTask {
  readonly id: number;
  /** 32 bytes a question; given away. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly radius: number;
}

export interface ReaderResult {
  readonly id: number;
  readonly queries: Uint32Array<ArrayBuffer>;
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly distances: Uint8Array<ArrayBuffer>;
}

/** On a thread of its own: asks the index that the main thread writes, in the memory that both share. */
function answer(): void {
  const port = parentPort;
  if (!port) throw new Error('this is a worker');
  const reader = HammingReader.attach(workerData as SharedHammingIndex);
  port.on('message', ({ id, hashes, radius }: ReaderTask) => {
    const { count, queries, ids, distances } = reader.queryMany(hashes, radius);
    const result: ReaderResult = {
      id,
      queries: queries.slice(0, count),
      ids: ids.slice(0, count),
      distances: distances.slice(0, count),
    };
    port.postMessage(result, [result.queries.buffer, result.ids.buffer, result.distances.buffer]);
  });
}

answer();
