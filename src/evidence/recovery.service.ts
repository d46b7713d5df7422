import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SealedStore } from '../infra/blobs/sealed-store';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { Work } from '../infra/database/work';
import { log } from '../infra/log';
import { Periodic } from '../infra/periodic';
import { append } from '../ledger/append';
import { StoredObject } from './evidence.entity';

/** Far more than an upload goes without a sign of life; the database's clock decides, which is one for all nodes. */
const GRACE_MS = 15 * 60_000;
const SWEEP_MS = 5 * 60_000;
/** Between two walks over everything that is stored. */
const WALK_MS = 24 * 60 * 60_000;
const BATCH = 500;

export interface Recovered {
  /** Objects that nobody had been told of, removed. */
  readonly discarded: number;
  /** Objects that no row knows, put aside. */
  readonly quarantined: number;
}

/**
 * Clears what a killed process left of uploads. Any number of nodes may run it at once: each step may be repeated, and
 * 'discarded' is committed before a byte goes.
 */
@Injectable()
export class VaultRecovery implements OnModuleInit, OnApplicationShutdown {
  private readonly sweeping = new Periodic({
    everyMs: SWEEP_MS,
    turn: () => this.sweep(),
    failed: (error) => log.error({ event: 'vault.recovery-failed', err: error }),
  });
  private walkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly work: Work,
    private readonly vault: SealedStore,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    if (this.config.worker) this.sweeping.start(0);
  }

  onApplicationShutdown(): Promise<void> {
    return this.sweeping.stop();
  }

  /** One pass over everything. `graceMs`: how long an upload may have been silent. */
  async recover(graceMs: number = GRACE_MS): Promise<Recovered> {
    return { discarded: await this.discardSilent(graceMs), quarantined: await this.quarantineUnknown() };
  }

  private async sweep(): Promise<void> {
    const discarded = await this.discardSilent(GRACE_MS);
    if (discarded > 0) log.warn({ event: 'vault.uploads-discarded', discarded });
    if (performance.now() - this.walkedAt < WALK_MS) return;
    this.walkedAt = performance.now();
    await this.quarantineUnknown();
  }

  private async discardSilent(graceMs: number): Promise<number> {
    let total = 0;
    for (;;) {
      const [rows] = await this.work.asWorker((tx) =>
        tx.query<[{ id: string }[], number]>(
          `update stored_object set state = 'discarded' where id in (
             select id from stored_object where state <> 'sealed' and touched_at <= now() - $1 * interval '1 millisecond'
             order by touched_at limit $2 for update skip locked) returning id`,
          [graceMs, BATCH],
        ),
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) return total;
      for (const id of ids) await this.vault.remove(id);
      await this.work.asWorker((tx) => tx.delete(StoredObject, ids));
      total += ids.length;
    }
  }

  /** A blob without a row was not written by the order of writes that we keep: it is put aside and recorded, never deleted. */
  private async quarantineUnknown(): Promise<number> {
    let quarantined = 0;
    let batch: string[] = [];
    for await (const { objectId } of this.vault.list()) {
      batch.push(objectId);
      if (batch.length < BATCH) continue;
      quarantined += await this.quarantineOf(batch);
      batch = [];
    }
    return quarantined + (await this.quarantineOf(batch));
  }

  private async quarantineOf(objectIds: readonly string[]): Promise<number> {
    if (objectIds.length === 0) return 0;
    const unknown = await this.work.asWorker((tx) =>
      tx.query<{ id: string }[]>(
        `select u.id from unnest($1::uuid[]) as u (id) where not exists (select 1 from stored_object o where o.id = u.id)`,
        [objectIds],
      ),
    );
    let quarantined = 0;
    for (const { id } of unknown) {
      if (!(await this.vault.quarantine(id))) continue;
      quarantined++;
      log.error({ event: 'vault.quarantined', objectId: id });
      await this.record(id);
    }
    return quarantined;
  }

  private async record(objectId: string): Promise<void> {
    await this.work.asWorker(async (tx) => {
      const operators = await tx.query<{ id: string }[]>(`select id from organisation where kind = 'operator'`);
      if (operators.length === 0) return;
      await append(tx, {
        kind: 'vault.quarantined',
        actor: 'service',
        at: this.clock.now(),
        subjects: { object: objectId },
        audience: operators.map(({ id }) => id),
      });
    });
  }
}
