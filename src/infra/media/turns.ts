import { FairQueue } from '../fair-queue';

/** So many pieces of work at a time. Those who wait take turns by who asks, each in the order in which he came. */
export class Turns {
  #free: number;
  readonly #queue = new FairQueue<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * @param owner who asks: an organisation's id, or nothing for the service itself.
   * @throws the signal's reason while it waits; whatever `work` throws.
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal, owner = ''): Promise<T> {
    await this.#take(signal, owner);
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async #take(signal: AbortSignal, owner: string): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    let leave = (): void => undefined;
    try {
      await new Promise<void>((start, refuse) => {
        leave = () => void (this.#queue.remove(owner, start) && refuse(signal.reason));
        this.#queue.push(owner, start);
        signal.addEventListener('abort', leave, { once: true });
      });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
