import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { NIL } from 'uuid';
import { SIGNAL_TYPES, type SignalType } from '../../domain/vocabulary';
import { Work } from '../../infra/database/work';
import { log } from '../../infra/log';
import { metrics } from '../../infra/telemetry';
import { turn } from '../../infra/turn';
import { isPerceptual } from '../../perceptual/match-radius';
import { LedgerFollow, type Following, type LedgerNews } from '../../ledger/ledger-follow';
import { Directory } from './directory.service';
import { HashStore, type Expected } from './hash-store';
import type { Stand } from './known-signal';
import { nextPage, readSignals, type PagedSignal } from './signal-pages';
import { uuidOf } from './signal-table';

/** While the database is away. */
const RETRY_MS = 2_000;
const PAGE_ROWS = 10_000;
/** Applied between two turns of the event loop: about a millisecond. */
const SLICE_ROWS = 500;
const LOAD_SLICE_ROWS = 2_500;
const WEIGH_MS = 10_000;

const entriesGauge = new Gauge({
  name: 'clepsydra_signal_index_entries',
  help: 'Hashes that this node can match',
  labelNames: ['type'],
  registers: [metrics],
});
const bytesGauge = new Gauge({
  name: 'clepsydra_signal_index_bytes',
  help: 'Memory of the hashes and of what is known of them',
  registers: [metrics],
});

/**
 * This node's copy of the shared hashes: loaded from the database page by page, then kept current by following the ledger,
 * whose sequence has no gaps. Until it is loaded the caller asks the database.
 */
@Injectable()
export class SignalIndex implements OnApplicationBootstrap, OnModuleDestroy {
  private contents = new HashStore();
  private isLoaded = false;
  private isClosed = false;
  private isTidying = false;
  private weighedAt = -WEIGH_MS;
  private following: Following | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Reading and applying what was read is one turn: an older reading never overwrites a newer one. */
  private turns: Promise<unknown> = Promise.resolve();
  /** Applied while loading, so that a page that was read later is not taken for new. */
  private readonly early = new Set<string>();

  constructor(
    @Inject(Work) private readonly work: Work,
    @Inject(LedgerFollow) private readonly ledger: LedgerFollow,
    @Inject(Directory) private readonly directory: Directory,
  ) {}

  onApplicationBootstrap(): void {
    void this.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.following) this.ledger.forget(this.following);
    await this.turns;
  }

  /** True when every committed and sequenced signal up to some 150 ms ago is in memory. */
  get loaded(): boolean {
    return this.isLoaded;
  }

  /** The last entry of the ledger that was taken into account. */
  get through(): number {
    return this.following?.through ?? -1;
  }

  get behindMs(): number {
    return this.following?.behindMs ?? 0;
  }

  get bytes(): number {
    return this.contents.bytes;
  }

  /** To be read between two turns of the event loop. */
  get store(): HashStore {
    return this.contents;
  }

  /** Every signal that stands within the radius, whoever may see it: for the service's own checks. */
  near(type: SignalType, value: string, radius: number): { signalId: string; distance: number }[] {
    const { contents } = this;
    if (!isPerceptual(type)) {
      const row = contents.exact(type, value);
      return row === undefined ? [] : [{ signalId: uuidOf(contents.table.idOf(row)), distance: 0 }];
    }
    const found = contents.index(type).query(value, radius);
    return found.map(({ id, distance }) => ({ signalId: uuidOf(contents.table.idOf(id)), distance }));
  }

  /** Called after a commit on this node, so that the next question here already finds it; other nodes follow the ledger. */
  async touch(signalIds: readonly string[]): Promise<void> {
    for (let at = 0; at < signalIds.length; at += PAGE_ROWS) {
      const ids = signalIds.slice(at, at + PAGE_ROWS);
      await this.inTurn(async () => this.apply(await this.work.asWorker((tx) => readSignals(tx, ids))));
    }
  }

  private async start(): Promise<void> {
    if (this.isClosed) return;
    try {
      await this.load();
    } catch (error) {
      log.warn({ event: 'signal-index.delayed', reason: String(error) });
      if (this.isClosed) return;
      this.timer = setTimeout(() => void this.start(), RETRY_MS);
      this.timer.unref();
    }
  }

  private async load(): Promise<void> {
    const startedAt = performance.now();
    if (this.following) this.ledger.forget(this.following);
    // The position is taken before the rows: what comes in between is read twice, which changes nothing.
    const through = await this.ledger.newest();
    this.contents = new HashStore(await this.expected());
    this.early.clear();
    this.following = this.ledger.follow({ name: 'signal index', about: [], hear: (news) => this.hear(news) }, through);
    for (let after: string | undefined = NIL; after !== undefined && !this.isClosed;) {
      const from: string = after;
      after = await this.inTurn(() => this.loadPage(from));
    }
    if (this.isClosed) return;
    this.early.clear();
    this.isLoaded = true;
    this.measure();
    const { size } = this.contents.table;
    const ms = Math.round(performance.now() - startedAt);
    log.info({ event: 'signal-index.loaded', entries: size, bytes: this.contents.bytes, ms });
  }

  private async loadPage(after: string): Promise<string | undefined> {
    const { signals, last } = await this.work.asWorker((tx) => nextPage(tx, after, PAGE_ROWS));
    const known = this.early.size > 0 ? signals.filter(({ id }) => this.early.has(uuidOf(id))) : [];
    const fresh = known.length > 0 ? signals.filter(({ id }) => !this.early.has(uuidOf(id))) : signals;
    for (let at = 0; at < fresh.length; at += LOAD_SLICE_ROWS) {
      this.contents.load(fresh.slice(at, at + LOAD_SLICE_ROWS));
      await turn();
    }
    await this.directory.learn(standsOf(fresh));
    await this.apply(known);
    return last;
  }

  private async expected(): Promise<Expected> {
    const rows = await this.work.asWorker((tx) =>
      tx.query<{ type: SignalType; n: number }[]>(
        `select type, count(*)::int as n from signal where state <> 'withdrawn' group by type`,
      ),
    );
    return Object.fromEntries(rows.map(({ type, n }) => [type, n]));
  }

  private hear({ after, through }: LedgerNews): Promise<void> {
    return this.inTurn(async () => {
      for (let from: string | undefined = NIL; from !== undefined;) {
        const behind: string = from;
        const { ids, signals } = await this.work.asWorker(async (tx) => {
          const rows = await tx.query<{ signal_id: string }[]>(
            `select distinct c.signal_id from ledger_leaf l join signal_change c on c.entry_id = l.entry_id
             where l.seq > $1 and l.seq <= $2 and c.signal_id > $3 order by c.signal_id limit $4`,
            [after, through, behind, PAGE_ROWS],
          );
          const changed = rows.map((row) => row.signal_id);
          return { ids: changed, signals: changed.length > 0 ? await readSignals(tx, changed) : [] };
        });
        await this.apply(signals);
        from = ids.length === PAGE_ROWS ? ids.at(-1) : undefined;
      }
    });
  }

  private async apply(signals: readonly PagedSignal[]): Promise<void> {
    if (signals.length === 0) return;
    await this.directory.learn(standsOf(signals));
    for (const [at, signal] of signals.entries()) {
      this.contents.put(signal);
      if (!this.isLoaded) this.early.add(uuidOf(signal.id));
      if (at % SLICE_ROWS === SLICE_ROWS - 1) await turn();
    }
    this.measure();
    void this.tidy();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }

  /** Finishes what the indexes rearrange in pieces. */
  private async tidy(): Promise<void> {
    if (this.isTidying) return;
    this.isTidying = true;
    try {
      while (!this.isClosed && this.contents.tidy()) await turn();
    } finally {
      this.isTidying = false;
    }
  }

  private measure(): void {
    for (const type of SIGNAL_TYPES) entriesGauge.set({ type }, this.contents.sizeOf(type));
    // Adding it all up takes most of a millisecond.
    if (performance.now() - this.weighedAt < WEIGH_MS) return;
    this.weighedAt = performance.now();
    bytesGauge.set(this.contents.bytes);
  }
}

const standsOf = (signals: readonly PagedSignal[]): Set<Stand> =>
  new Set(signals.flatMap(({ contributions }) => contributions.map(({ stand }) => stand)));
