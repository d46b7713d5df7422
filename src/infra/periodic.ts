interface Rhythm {
  /** From the end of one turn to the beginning of the next, in milliseconds. */
  readonly everyMs: number | (() => number);
  readonly turn: () => Promise<unknown>;
  /** A turn failed; the next one comes all the same. `again`: so did the one before, and nobody need be told twice. */
  readonly failed: (error: unknown, again: boolean) => void;
}

/** Work that comes round for as long as the process runs, one turn at a time. It keeps no process from ending. */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private hasEnded = false;
  private hasFailed = false;

  constructor(private readonly rhythm: Rhythm) {}

  /** @param firstMs until the first turn; as long as between two unless told. Beginning twice changes nothing. */
  start(firstMs: number = this.pauseMs()): void {
    if (!this.timer) this.next(firstMs);
  }

  /** For a long turn, which may then end early. */
  get isStopped(): boolean {
    return this.hasEnded;
  }

  /** No turn begins any more; waits for the one under way. */
  async stop(): Promise<void> {
    this.hasEnded = true;
    clearTimeout(this.timer);
    await this.current;
  }

  private next(delayMs: number): void {
    if (this.hasEnded) return;
    this.timer = setTimeout(() => {
      this.current = this.take().then(() => this.next(this.pauseMs()));
    }, delayMs);
    this.timer.unref();
  }

  private async take(): Promise<void> {
    try {
      await this.rhythm.turn();
      this.hasFailed = false;
    } catch (error) {
      this.rhythm.failed(error, this.hasFailed);
      this.hasFailed = true;
    }
  }

  private pauseMs(): number {
    const { everyMs } = this.rhythm;
    return typeof everyMs === 'number' ? everyMs : everyMs();
  }
}
