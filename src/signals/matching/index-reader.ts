import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { log } from '../../infra/log';
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
    return shared && new IndexReader(new Worker(...workerFile(shared)));
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

/** As it was built; from source where the tests run. */
function workerFile(workerData: object): [string, { workerData: object; execArgv: string[] }] {
  const built = join(__dirname, 'signal-reader.worker.js');
  if (existsSync(built)) return [built, { workerData, execArgv: [] }];
  const register = join(__dirname, '..', '..', '..', 'test', 'support', 'swc-register.js');
  return [join(__dirname, 'signal-reader.worker.ts'), { workerData, execArgv: ['--require', register] }];
}
