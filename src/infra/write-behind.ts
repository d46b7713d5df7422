interface Writing {
  /** Between what is first noted and its writing, in milliseconds. */
  readonly afterMs: number;
  /** Writes what was gathered until now. */
  readonly write: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** What is gathered in memory is written a little later, all at once; one writing at a time. Keeps no process from ending. */
export class WriteBehind {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly writing: Writing) {}

  /** There is something to write. */
  later(): void {
    this.timer ??= setTimeout(() => void this.flush(), this.writing.afterMs).unref();
  }

  /** Behind a writing under way. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.current = this.current.then(this.writing.write).catch(this.writing.failed);
    return this.current;
  }
}
