import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Work, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { Periodic } from '../infra/periodic';
import { metrics } from '../infra/telemetry';
import { treeSize } from './feed.query';

/** An entry is heard of within this and the sequencer's 50 ms, on every node. */
const POLL_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

const behind = new Gauge({
  name: 'clepsydra_ledger_behind_seconds',
  help: 'How long ago what follows the ledger on this node last knew of everything',
  labelNames: ['follower'],
  registers: [metrics],
});

/** One entry of the kinds that a follower asked for. */
export interface HeardEntry {
  readonly seq: number;
  readonly kind: string;
  readonly organisationId: string | null;
}

/**
 * Everything that was sequenced after one place and up to another. Whoever named no place is told once that it begins:
 * without entries, both places the same; what is read from then on is kept current.
 */
export interface LedgerNews {
  readonly after: number;
  readonly through: number;
  readonly entries: readonly HeardEntry[];
}

export interface Follower {
  readonly name: string;
  /** First words of kinds that it wants by name: `session` for `session.closed`. */
  readonly about: readonly string[];
  /** Told again, with what came since, when it failed. */
  readonly hear: (news: LedgerNews) => Promise<void>;
}

/** Where one follower stands. */
export class Following {
  /** Every entry up to this one was heard; undefined until the first look. */
  through: number | undefined;
  /** When it was last known that nothing newer was there: milliseconds as `performance.now` gives them. */
  currentAt = performance.now();
  isBusy = false;
  isFailing = false;

  constructor(readonly follower: Follower) {}

  get behindMs(): number {
    return Math.max(0, Math.round(performance.now() - this.currentAt));
  }
}

/**
 * What this node keeps in memory follows the ledger, whose sequence has no gaps. One poller for the process: an indexed
 * look at the size of the tree when nothing happened, one more statement for all followers when something did.
 */
@Injectable()
export class LedgerFollow implements OnModuleDestroy {
  private readonly followings = new Set<Following>();
  private pauseMs = POLL_MS;
  private readonly looks = new Periodic({
    everyMs: () => this.pauseMs,
    turn: () => this.look().finally(() => this.measure()),
    failed: (error) => {
      if (this.pauseMs === POLL_MS) log.warn({ event: 'ledger.not-followed', reason: String(error) });
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    },
  });

  constructor(private readonly work: Work) {}

  /** From the place given on; without one from where the ledger stands at the first look, of which it is told. */
  follow(follower: Follower, through?: number): Following {
    const following = new Following(follower);
    following.through = through;
    this.followings.add(following);
    this.looks.start(0);
    return following;
  }

  forget(following: Following): void {
    this.followings.delete(following);
  }

  /** The newest place of the ledger, -1 while it is empty. */
  newest(): Promise<number> {
    return this.work.glance(async (tx) => (await treeSize(tx)) - 1);
  }

  onModuleDestroy(): Promise<void> {
    return this.looks.stop();
  }

  private measure(): void {
    for (const each of this.followings) behind.set({ follower: each.follower.name }, each.behindMs / 1000);
  }

  private async look(): Promise<void> {
    const lookedAt = performance.now();
    const { newest, entries } = await this.work.glance((tx) => this.read(tx));
    this.pauseMs = POLL_MS;
    for (const following of this.followings) {
      if (following.isBusy) continue;
      if (following.through !== undefined && following.through >= newest) following.currentAt = lookedAt;
      else void this.tell(following, newest, entries, lookedAt);
    }
  }

  private async read(tx: Tx): Promise<{ newest: number; entries: HeardEntry[] }> {
    const newest = (await treeSize(tx)) - 1;
    const from = Math.min(newest, ...[...this.followings].map(({ through }) => through ?? newest));
    const about = [...new Set([...this.followings].flatMap(({ follower }) => follower.about))];
    if (from >= newest || about.length === 0) return { newest, entries: [] };
    const rows = await tx.query<{ seq: string; kind: string; organisation_id: string | null }[]>(
      `select l.seq, e.kind, e.organisation_id from ledger_leaf l join ledger_entry e on e.id = l.entry_id
       where l.seq > $1 and l.seq <= $2 and split_part(e.kind, '.', 1) = any($3) order by l.seq`,
      [from, newest, about],
    );
    return {
      newest,
      entries: rows.map(({ seq, kind, organisation_id }) => ({
        seq: Number(seq),
        kind,
        organisationId: organisation_id,
      })),
    };
  }

  /** Not awaited by the look: one that has much to do holds up no other. */
  private async tell(following: Following, newest: number, entries: readonly HeardEntry[], at: number): Promise<void> {
    const { follower, through: after = newest } = following;
    const mine = entries.filter(({ seq, kind }) => seq > after && follower.about.includes(kind.split('.')[0] ?? ''));
    following.isBusy = true;
    try {
      await follower.hear({ after, through: newest, entries: mine });
      following.through = newest;
      following.currentAt = at;
      following.isFailing = false;
    } catch (error) {
      if (!following.isFailing) log.warn({ event: 'ledger.not-heard', follower: follower.name, reason: String(error) });
      following.isFailing = true;
    } finally {
      following.isBusy = false;
    }
  }
}
