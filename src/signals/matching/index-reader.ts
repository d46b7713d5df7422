import { Worker } from 'node:worker_threads';
import { log } from '../../infra/log';
import { workerFile } from '../../infra/worker-file';
import type { HammingStore } from '../../perceptual/hamming-search';
import type { ReaderResult, ReaderTask } from './signal-reader.worker';

interface Waiting {
  readonly take: (result: ReaderResult) => void;
  readonly refuse: (error: Error) => void;
}

/** One thread that reads one index. It keeps no process alive. */
export class IndexReader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #isAlive = true;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (result: ReaderResult) => {
      this.#waiting.get(result.id)?.take(result);
      this.#waiting.delete(result.id);
    });
    worker.on('error', (error: Error) => log.warn({ event: 'signal-reader.failed', reason: error.name }));
    worker.on('exit', () => this.#end());
    worker.unref();
  }

  /** Undefined where the index has no memory to share. */
  static of(index: HammingStore): IndexReader | undefined {
    const shared = index.share();
    if (!shared) return undefined;
    const { file, execArgv } = workerFile(__dirname, 'signal-reader.worker');
    return new IndexReader(new Worker(file, { workerData: shared, execArgv }));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** @param hashes 32 bytes a question, given away. Rejects when the thread has ended: nothing was answered then. */
  search(hashes: Uint8Array<ArrayBuffer>, radius: number): Promise<ReaderResult> {
    return new Promise((take, refuse) => {
      if (!this.#isAlive) return refuse(new Error('the reader has ended'));
      const task: ReaderTask = { id: ++this.#last, hashes, radius };
      this.#waiting.set(task.id, { take, refuse });
      this.#worker.postMessage(task, [hashes.buffer]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(): void {
    this.#isAlive = false;
    for (const { refuse } of this.#waiting.values()) refuse(new Error('the reader has ended'));
    this.#waiting.clear();
  }
}
