import { Worker } from 'node:worker_threads';
import type { HashAnswer, HashJob } from './hash-worker';

type Waiting = (answer: HashAnswer) => void;

/** Threads that hash files, one file each at a time. A thread that ends is replaced; its file is reported as not hashed. */
export class HashPool {
  readonly #idle: Worker[] = [];
  readonly #queue: { readonly job: HashJob; readonly done: Waiting }[] = [];
  readonly #busy = new Map<Worker, { readonly file: string; readonly done: Waiting }>();
  #closed = false;

  constructor(
    private readonly script: string | URL,
    readonly size: number,
  ) {}

  hash(job: HashJob): Promise<HashAnswer> {
    return new Promise((done) => {
      this.#queue.push({ job, done });
      this.#turn();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const worker = new Worker(this.script);
    worker.on('message', (answer: HashAnswer) => {
      this.#settle(worker, answer);
      this.#idle.push(worker);
      this.#turn();
    });
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#ended(worker));
    return worker;
  }

  /** A thread is started when there is work for it, so one that could not start is tried again with the next file. */
  #turn(): void {
    while (this.#queue.length > 0 && this.#busy.size < this.size && !this.#closed) {
      const next = this.#queue.shift();
      if (!next) return;
      const worker = this.#idle.pop() ?? this.#start();
      this.#busy.set(worker, { file: next.job.file, done: next.done });
      worker.postMessage(next.job, []);
    }
  }

  #settle(worker: Worker, answer: HashAnswer): void {
    this.#busy.get(worker)?.done(answer);
    this.#busy.delete(worker);
  }

  #ended(worker: Worker): void {
    const busy = this.#busy.get(worker);
    if (busy)
      this.#settle(worker, { file: busy.file, error: { code: 'file.crashed', title: 'the hashing thread ended' } });
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#turn();
  }
}
