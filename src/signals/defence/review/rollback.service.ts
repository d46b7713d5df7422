import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { SignalType } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import { SignalIndex } from '../../matching/signal-index.service';
import { appendChange, concerned, onLists } from '../../store/entries';
import { Retraction } from '../../store/retraction.service';
import type { RollBackAnswer, RollBackDto } from './defence.dto';

interface Silenced {
  readonly signal_id: string;
  readonly type: SignalType;
  readonly opinions: number;
  readonly disputes: number;
  readonly feedback: number;
  /** That these were about. */
  readonly lists: readonly string[];
}

interface Case {
  readonly organisationId: string;
  readonly since: Date | undefined;
  readonly reason: string;
  readonly at: Date;
}

/**
 * Takes back everything that one contributor added and what it, or a source of its own, said of the hashes of others, in one
 * transaction, pauses its sources and holds what it contributes from then on. What others stand behind goes on standing.
 */
@Injectable()
export class Rollback {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly retraction: Retraction,
    private readonly index: SignalIndex,
  ) {}

  async rollBack(actor: Actor, organisationId: string, { since, reason }: RollBackDto): Promise<RollBackAnswer> {
    const at = this.clock.now();
    let touched: readonly string[] = [];
    const answer = await this.work.run(actor, async (tx) => {
      const found = await tx.query<unknown[]>('select 1 from organisation where id = $1', [organisationId]);
      if (found.length === 0) throw new DomainError('request.not-found');
      const about = { organisationId, since, reason, at };
      // Before the rest: a page takes its source first.
      await pauseSources(tx, actor, about);
      await waitForThoseUnderway(tx, organisationId);
      // What its sources dispute ends with what it stands behind: those concerned learn of it before.
      const said = await silence(tx, actor, about);
      const which = { organisationId, ...(since ? { since } : {}) };
      const ended = await this.retraction.retract(tx, actor, which, 'rolled_back', at, reason);
      await holdFromNowOn(tx, actor, about);
      touched = [...new Set([...ended.signalIds, ...said.signalIds])];
      const { signalIds: _, ...counts } = {
        ...said,
        contributions: ended.contributions,
        tombstones: ended.tombstones.length,
      };
      await append(tx, {
        kind: 'signal.rolled-back',
        actor,
        at,
        subjects: { organisation: organisationId },
        dims: { ...counts, since: since?.toISOString() ?? null },
        shared: { reason },
        audience: [organisationId],
      });
      return { organisationId, ...counts, supportedByOthers: ended.signalIds.length - ended.tombstones.length };
    });
    await this.index.touch(touched);
    return answer;
  }
}

/** What it takes from others would only be held, and its sources say on: they wait until the organisation resumes them. */
async function pauseSources(tx: Tx, actor: Actor, { organisationId, at }: Case): Promise<void> {
  const paused = await tx.query<{ id: string; protocol: string }[]>('select * from exchange_pause_sources($1)', [
    organisationId,
  ]);
  for (const { id, protocol } of paused) {
    await append(tx, {
      kind: 'exchange.paused',
      actor,
      at,
      subjects: { exchangeSource: id },
      dims: { protocol, because: 'rolled_back' },
      audience: [organisationId],
    });
  }
}

/** What it is contributing and saying now ends first, and is taken back with the rest; what comes after finds it held. */
async function waitForThoseUnderway(tx: Tx, organisationId: string): Promise<void> {
  for (const what of ['signal-quota:', 'signal-said:'])
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))`, [what, organisationId]);
}

/** Its opinions, open disputes, those that its sources handed on, and feedback count no more; they stay on record. Those concerned learn of it. */
async function silence(
  tx: Tx,
  actor: Actor,
  { organisationId, since, reason, at }: Case,
): Promise<Pick<RollBackAnswer, 'opinions' | 'disputes' | 'feedback'> & { signalIds: string[] }> {
  const rows = await tx.query<Silenced[]>('select * from signal_silence($1, $2, $3, $4)', [
    organisationId,
    since ?? new Date(0),
    at,
    reason,
  ]);
  const total = (pick: (row: Silenced) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  if (rows.length > 0) {
    await appendChange(tx, {
      kind: 'signal.opinion-retracted',
      actor,
      at,
      signals: rows.map((row) => ({ id: row.signal_id, type: row.type })),
      subjects: { organisation: organisationId },
      lists: [...new Set(rows.flatMap((row) => row.lists))],
      dims: { ground: 'rolled_back' },
      audience: [
        organisationId,
        ...(await concerned(
          tx,
          rows.flatMap((row) => onLists(row.signal_id, row.lists)),
        )),
      ],
    });
  }
  return {
    opinions: total((row) => row.opinions),
    disputes: total((row) => row.disputes),
    feedback: total((row) => row.feedback),
    signalIds: rows.map((row) => row.signal_id),
  };
}

/** Nothing that it contributes stands, and it has no say in what others do, until the operator sets its trust anew. */
async function holdFromNowOn(tx: Tx, actor: Actor, { organisationId, reason, at }: Case): Promise<void> {
  await tx.query(
    `insert into signal_trust (organisation_id, level, hourly_flood, note, changed_at) values ($1, 'new', 0, $2, $3)
     on conflict (organisation_id) do update set level = 'new', hourly_flood = 0, note = excluded.note, changed_at = excluded.changed_at`,
    [organisationId, reason, at],
  );
  await append(tx, {
    kind: 'signal-trust.changed',
    actor,
    at,
    subjects: { organisation: organisationId },
    dims: { level: 'new', hourlyFlood: 0 },
    internal: { note: reason },
    audience: [organisationId],
  });
}
