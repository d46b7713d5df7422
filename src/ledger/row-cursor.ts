import type { Tx } from '../infra/database/work';

/**
 * A query's rows, batch by batch, through a cursor of the transaction. The next batch is under way while one is worked on,
 * so nothing else may use this transaction meanwhile.
 */
export async function* rowsOf<Row>(tx: Tx, query: string, rowsAtOnce: number, name = 'rows'): AsyncGenerator<Row[]> {
  await tx.query(`declare ${name} no scroll cursor for ${query}`);
  const ask = (): Promise<Row[]> => tx.query<Row[]>(`fetch ${rowsAtOnce} from ${name}`);
  let coming = ask();
  try {
    for (;;) {
      const rows = await coming;
      if (rows.length === 0) return;
      coming = ask();
      yield rows;
    }
  } finally {
    // Whoever broke off must find the connection free.
    await coming.catch(() => undefined);
  }
}

/** The same, taken as far as wanted; between two calls the transaction is free for other queries. */
export class RowCursor<Row> {
  private buffer: Row[] | null = null;
  private ended = false;

  constructor(
    private readonly tx: Tx,
    private readonly query: string,
    private readonly rowsAtOnce: number,
  ) {}

  /** The next rows as long as they fit. */
  async takeWhile(fits: (row: Row) => boolean): Promise<Row[]> {
    const taken: Row[] = [];
    for (;;) {
      const buffer = await this.filled();
      const end = buffer.findIndex((row) => !fits(row));
      taken.push(...buffer.splice(0, end < 0 ? buffer.length : end));
      if (end >= 0 || this.ended) return taken;
    }
  }

  private async filled(): Promise<Row[]> {
    if (this.buffer === null) {
      this.buffer = [];
      await this.tx.query(`declare taken no scroll cursor for ${this.query}`);
    }
    if (this.buffer.length === 0 && !this.ended) {
      this.buffer = await this.tx.query<Row[]>(`fetch ${this.rowsAtOnce} from taken`);
      this.ended = this.buffer.length === 0;
    }
    return this.buffer;
  }
}
