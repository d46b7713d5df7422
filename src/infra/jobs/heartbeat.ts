import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../database/work';

/** A gap between two beats of the whole service that is told as an outage, by the service's clock. */
export const OUTAGE_AFTER_MS = 10_000;
/** A node that the database has not heard of for so long, by the database's clock, has ended: its jobs are given to others. */
export const DEAD_AFTER_MS = 10_000;
/** Rows of nodes that ended long ago. */
const FORGET_AFTER = '1 day';
const BEAT_LOCK = 4_127_033;
/** Between the names under which one node locks its jobs: it has workers of several paces. */
export const POOLS_APART = ',';

export interface Outage {
  readonly from: Date;
  readonly to: Date;
}

/** Tells that this process works, finds out that none did, and frees what a killed one had locked. */
@Injectable()
export class Heartbeat {
  readonly nodeId = uuidv7();

  /**
   * Writes this node's beat. `poolId`: the names of its pools of workers, each apart from the next by {@link POOLS_APART}. Returns the outage that it ends, if every node was silent before it. Two nodes that come back
   * at once take turns, so that an outage is told once.
   */
  async beat(tx: Tx, now: Date, poolId: string | undefined): Promise<Outage | null> {
    await tx.query(`select pg_advisory_xact_lock($1)`, [BEAT_LOCK]);
    const [seen]: { last: Date | null }[] = await tx.query(`select max(beat_at) as last from service_heartbeat`);
    await tx.query(
      `insert into service_heartbeat (node_id, pool_id, started_at, beat_at, seen_at) values ($1, $2, $3, $3, clock_timestamp())
       on conflict (node_id) do update set pool_id = excluded.pool_id, beat_at = excluded.beat_at, seen_at = excluded.seen_at`,
      [this.nodeId, poolId ?? null, now],
    );
    const last = seen?.last;
    return last && now.getTime() - last.getTime() > OUTAGE_AFTER_MS ? { from: last, to: now } : null;
  }

  /** Unlocks the jobs of nodes that are gone: graphile-worker alone would keep them for four hours. Returns how many nodes. */
  async freeDeadNodes(tx: Tx): Promise<number> {
    const dead: { pool_id: string }[] = await tx.query(
      `select pool_id from service_heartbeat
       where pool_id is not null and node_id <> $1 and seen_at < clock_timestamp() - $2 * interval '1 millisecond'
       for update skip locked`,
      [this.nodeId, DEAD_AFTER_MS],
    );
    if (dead.length > 0) {
      const nodes = dead.map((row) => row.pool_id);
      const pools = nodes.flatMap((names) => names.split(POOLS_APART));
      await tx.query(`select graphile_worker.force_unlock_workers($1::text[])`, [pools]);
      await tx.query(`update service_heartbeat set pool_id = null where pool_id = any($1)`, [nodes]);
    }
    await tx.query(
      `delete from service_heartbeat where seen_at < clock_timestamp() - interval '${FORGET_AFTER}'
         and beat_at < (select max(beat_at) from service_heartbeat)`,
    );
    return dead.length;
  }
}
