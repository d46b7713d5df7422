interface Waiting {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** So many pieces of work at a time, the others in the order in which they came. */
export class Turns {
  #free: number;
  readonly #queue: Waiting[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws the signal's reason while it waits; whatever `work` throws. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next.start();
      else this.#free += 1;
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    let waiting: Waiting | undefined;
    const leave = (): void => {
      if (waiting && this.#queue.includes(waiting)) this.#queue.splice(this.#queue.indexOf(waiting), 1);
      waiting?.refuse(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await new Promise<void>((start, refuse) => {
        waiting = { start, refuse };
        this.#queue.push(waiting);
      });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
