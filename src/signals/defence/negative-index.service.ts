import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../domain/errors';
import type { NegativeKind, SignalType } from '../../domain/vocabulary';
import { Work, type Tx } from '../../infra/database/work';
import { log } from '../../infra/log';
import { mapInTurns, turn } from '../../infra/turn';
import { LedgerFollow, type Following, type LedgerNews } from '../../ledger/ledger-follow';
import { isPerceptual, radiusFor } from '../../perceptual/match-radius';
import { knownHarmless } from './known-harmless';
import { NegativeSet, type NegativeHits } from './negative-set';

/** While the database is away. */
const RETRY_MS = 2_000;
const LOAD_ROWS = 20_000;
/** After so many the event loop has its turn. */
const SLICE = 256;
/** While loading, so few are compared in the database (a corpus of 100,000 takes it some 50 ms each); more wait for the load. */
const MOST_IN_DATABASE = 20;
const LONGEST_WAIT_MS = 20_000;

export interface NegativeRow {
  readonly id: string;
  readonly kind: NegativeKind;
  readonly type: SignalType;
  readonly value: string;
  readonly note: string | null;
  readonly removed: boolean;
}

interface Asked {
  readonly type: SignalType;
  readonly value: string;
}

const ROW = 'n.id, n.kind, n.type, n.value, n.note, n.removed_at is not null as removed';

/**
 * This node's copy of what must not match: the hashes of nothing that are generated here, and what the operator loaded,
 * kept current through the ledger. While it is loading the database answers.
 */
@Injectable()
export class NegativeIndex implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly known = new NegativeSet();
  private readonly loadedSet = new NegativeSet();
  private drawing: Promise<void> | undefined;
  private following: Following | undefined;
  private isLoaded = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Work) private readonly work: Work,
    @Inject(LedgerFollow) private readonly ledger: LedgerFollow,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.following) this.ledger.forget(this.following);
    await this.turn;
  }

  get loaded(): boolean {
    return this.isLoaded;
  }

  /** What each of these hashes hits, in their order. Exact also while this node is loading. */
  async hitsOf(asked: readonly Asked[]): Promise<NegativeHits[]> {
    await this.draw();
    if (!this.isLoaded && asked.length > MOST_IN_DATABASE) await this.untilLoaded();
    const stored = this.isLoaded ? undefined : await this.fromDatabase(asked);
    return mapInTurns(asked, SLICE, ({ type, value }, index) => {
      const known = this.known.hits(type, value);
      const loaded = stored ? stored[index] : this.loadedSet.hits(type, value);
      return {
        harmless: known.harmless ?? loaded?.harmless ?? null,
        canary: loaded?.canary ?? false,
        corpus: loaded?.corpus ?? 0,
      };
    });
  }

  /** Called after a commit on this node, so that the next contribution already meets them; other nodes follow the ledger. */
  async apply(rows: readonly NegativeRow[]): Promise<void> {
    await mapInTurns(rows, SLICE, (row) => {
      if (row.removed) this.loadedSet.remove(row.id);
      else this.loadedSet.add(row.id, row.kind, row.type, row.value, row.note);
    });
  }

  private draw(): Promise<void> {
    this.drawing ??= (async () => {
      for (const { type, value, note } of knownHarmless()) {
        this.known.add(`${note}/${type}`, 'harmless', type, value, note);
        await turn();
      }
    })();
    return this.drawing;
  }

  private async untilLoaded(): Promise<void> {
    for (let waited = 0; !this.isLoaded && waited < LONGEST_WAIT_MS; waited += 100) await sleep(100);
    if (!this.isLoaded) throw new DomainError('request.unavailable', { part: 'negative list' });
  }

  private fromDatabase(asked: readonly Asked[]): Promise<NegativeHits[]> {
    return this.work.asWorker(async (tx) => {
      const hits: NegativeHits[] = [];
      for (const { type, value } of asked) hits.push(await hitsInDatabase(tx, type, value));
      return hits;
    });
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) return;
    this.timer = setTimeout(() => {
      this.turn = this.load().catch((error: unknown) => {
        log.warn({ event: 'negative-index.delayed', reason: String(error) });
        this.schedule(RETRY_MS);
      });
    }, delayMs);
    this.timer.unref();
  }

  private async load(): Promise<void> {
    await this.draw();
    if (this.following) this.ledger.forget(this.following);
    // The position is taken before the rows: what comes in between is read twice, which changes nothing.
    const through = await this.ledger.newest();
    let after = '00000000-0000-0000-0000-000000000000';
    while (!this.isClosed) {
      const rows = await this.work.asWorker((tx) =>
        tx.query<NegativeRow[]>(
          `select ${ROW} from signal_negative n where n.id > $1 and n.removed_at is null order by n.id limit $2`,
          [after, LOAD_ROWS],
        ),
      );
      await this.apply(rows);
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
    if (this.isClosed) return;
    const about = ['signal-negative'];
    this.following = this.ledger.follow({ name: 'negative index', about, hear: (news) => this.hear(news) }, through);
    this.isLoaded = true;
    log.info({ event: 'negative-index.loaded', entries: this.loadedSet.size });
  }

  private async hear({ after, through, entries }: LedgerNews): Promise<void> {
    if (entries.length === 0) return;
    const between = 'l.seq > $1 and l.seq <= $2';
    const rows = await this.work.asWorker((tx) =>
      tx.query<NegativeRow[]>(
        `select ${ROW} from ledger_leaf l join signal_negative n on n.added_entry_id = l.entry_id where ${between}
         union all select ${ROW} from ledger_leaf l join signal_negative n on n.removed_entry_id = l.entry_id where ${between}`,
        [after, through],
      ),
    );
    await this.apply(rows);
  }
}

async function hitsInDatabase(tx: Tx, type: SignalType, value: string): Promise<NegativeHits> {
  const rows = await tx.query<{ kind: NegativeKind; note: string | null; distance: number }[]>(
    !isPerceptual(type)
      ? `select kind, note, 0 as distance from signal_negative where type = $1 and value = $2 and removed_at is null`
      : `select kind, note, distance from (select kind, note, bit_count(('x' || value)::bit(256) # ('x' || $2)::bit(256))::int as distance
           from signal_negative where type = $1 and removed_at is null) as compared where distance <= $3 order by distance`,
    isPerceptual(type) ? [type, value, radiusFor(type)] : [type, value],
  );
  const harmless = rows.find(({ kind }) => kind === 'harmless');
  return {
    harmless: harmless ? { note: harmless.note ?? 'a harmless image', distance: harmless.distance } : null,
    canary: rows.some(({ kind }) => kind === 'canary'),
    corpus: rows.filter(({ kind }) => kind === 'corpus').length,
  };
}
