import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { METRICS } from '../domain/metric-definitions';
import { emptySummary, fold, type Period } from '../domain/metric-fold';
import { view, type Summary } from '../domain/metrics';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { readFacts } from './facts.queries';
import type { PublishedMonth, SummaryAnswer, SummaryQuery } from './transparency.dto';

export interface Summaries {
  readonly referrals: Summary;
  readonly orders: Summary;
}

const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000;

interface MonthRow {
  readonly month: string;
  readonly published_at: Date;
  readonly tree_size: string;
  readonly figures: PublishedMonth['figures'];
}

/**
 * The figures of a period from the entries that `tx` may see, as they stand at `now`: of referrals and of orders, which are never
 * mixed, in one reading.
 */
export async function summariseLedger(tx: Tx, period: Period, now: Date): Promise<Summaries> {
  const states = [emptySummary(period, 'referral'), emptySummary(period, 'removal_order')] as const;
  for await (const fact of readFacts(tx, period.from)) {
    if (Date.parse(fact.at) <= now.getTime()) for (const state of states) fold(state, fact);
  }
  return { referrals: view(states[0], now), orders: view(states[1], now) };
}

@Injectable()
export class Transparency {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Live, from the entries that this organisation may read. */
  async own(actor: Actor, query: SummaryQuery): Promise<SummaryAnswer> {
    const now = this.clock.now();
    const to = query.to ?? new Date(now.getTime() + 1);
    const from = query.from ?? new Date(to.getTime() - THIRTY_DAYS_MS);
    if (from >= to) throw new DomainError('request.invalid', {}, [{ pointer: '/from', detail: 'must lie before to' }]);
    const { referrals, orders } = await this.work.read(actor, (tx) => summariseLedger(tx, { from, to }, now));
    return { scope: 'own', summary: referrals, orders, months: [], definitions: [...METRICS] };
  }

  /** Closed months as they were published, newest first. The same for everybody, whenever it is asked. */
  async published(query: SummaryQuery): Promise<SummaryAnswer> {
    const rows = await this.work.unscoped((tx) =>
      tx.query<MonthRow[]>(
        `select month, published_at, tree_size, figures from published_month
         where ($1::text is null or month >= $1) and ($2::text is null or month < $2) order by month desc`,
        [query.from?.toISOString().slice(0, 7) ?? null, query.to?.toISOString().slice(0, 7) ?? null],
      ),
    );
    const months = rows.map((row) => ({
      month: row.month,
      publishedAt: row.published_at.toISOString(),
      treeSize: Number(row.tree_size),
      figures: row.figures,
    }));
    return { scope: 'public', summary: null, orders: null, months, definitions: [...METRICS] };
  }
}
