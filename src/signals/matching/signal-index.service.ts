import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { SignalType } from '../../domain/vocabulary';
import { Work, type Tx } from '../../infra/database/work';
import { log } from '../../infra/log';
import { metrics } from '../../infra/telemetry';
import { HammingIndex, type HammingMatch } from '../../perceptual/hamming-index';

/** Types that are compared by distance; the others are equal or not. */
export const PERCEPTUAL_TYPES = ['pdq', 'blockhash'] as const satisfies readonly SignalType[];
export type PerceptualType = (typeof PERCEPTUAL_TYPES)[number];

/** A signal added on another node is matchable here within this and the sequencer's 50 ms. */
const FOLLOW_MS = 100;
/** While the database is away. */
const RETRY_MS = 2_000;
const LOAD_ROWS = 20_000;

interface Row {
  readonly id: string;
  readonly type: PerceptualType;
  readonly value: string;
  readonly state: string;
}

const entries = new Gauge({
  name: 'clepsydra_signal_index_entries',
  help: 'Hashes that this node can match',
  labelNames: ['type'],
  registers: [metrics],
});

/**
 * This node's copy of the hashes: loaded from the database, then kept current by following the ledger, whose sequence has
 * no gaps. Until it is loaded it answers nothing, and the caller asks the database.
 */
@Injectable()
export class SignalIndex implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly indexes = { pdq: new HammingIndex(), blockhash: new HammingIndex() };
  private readonly handles = new Map<string, number>();
  private readonly ids: string[] = [];
  private through = -1;
  private isLoaded = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(@Inject(Work) private readonly work: Work) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  /** True when every committed and sequenced signal up to some 150 ms ago is in memory. */
  get loaded(): boolean {
    return this.isLoaded;
  }

  query(type: PerceptualType, value: string, radius: number): { id: string; distance: number }[] {
    return this.indexes[type].query(value, radius).flatMap(({ id: handle, distance }: HammingMatch) => {
      const id = this.ids[handle];
      return id === undefined ? [] : [{ id, distance }];
    });
  }

  /** Called after a commit on this node, so that the next question already finds it; other nodes follow the ledger. */
  put(row: { id: string; type: string; value: string; state: string }): void {
    if (row.type !== 'pdq' && row.type !== 'blockhash') return;
    const index = this.indexes[row.type];
    let handle = this.handles.get(row.id);
    if (row.state === 'withdrawn') {
      if (handle !== undefined) index.remove(handle);
    } else {
      if (handle === undefined) {
        handle = this.ids.push(row.id) - 1;
        this.handles.set(row.id, handle);
      }
      if (!index.has(handle)) index.insert(handle, row.value);
    }
    entries.set({ type: row.type }, index.size);
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) return;
    this.timer = setTimeout(() => {
      this.turn = this.step().then(
        () => this.schedule(FOLLOW_MS),
        (error: unknown) => {
          log.warn({ event: 'signal-index.delayed', reason: String(error) });
          this.schedule(RETRY_MS);
        },
      );
    }, delayMs);
    this.timer.unref();
  }

  private async step(): Promise<void> {
    if (this.isLoaded) await this.follow();
    else await this.load();
  }

  private async load(): Promise<void> {
    // The position is taken before the rows: what comes in between is read twice, which changes nothing.
    const through = await this.work.asWorker(treeSize);
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows = await this.work.asWorker((tx) =>
        tx.query<Row[]>(
          `select id, type, value, state from signal where id > $1 and type in ('pdq', 'blockhash') and state <> 'withdrawn' order by id limit $2`,
          [after, LOAD_ROWS],
        ),
      );
      for (const row of rows) this.put(row);
      const last = rows.at(-1);
      if (!last || this.isClosed) break;
      after = last.id;
    }
    this.through = through - 1;
    this.isLoaded = true;
    log.info({ event: 'signal-index.loaded', entries: this.handles.size });
  }

  private async follow(): Promise<void> {
    const { rows, through } = await this.work.asWorker(async (tx) => {
      const size = await treeSize(tx);
      if (size - 1 <= this.through) return { rows: [], through: this.through };
      const changed = await tx.query<Row[]>(
        `select distinct s.id, s.type, s.value, s.state from ledger_leaf l join signal_change c on c.entry_id = l.entry_id join signal s on s.id = c.signal_id
         where l.seq > $1 and l.seq < $2`,
        [this.through, size],
      );
      return { rows: changed, through: size - 1 };
    });
    for (const row of rows) this.put(row);
    this.through = through;
  }
}

async function treeSize(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ size: string }[]>('select coalesce(max(seq) + 1, 0) as size from ledger_leaf');
  return Number(row?.size ?? 0);
}
