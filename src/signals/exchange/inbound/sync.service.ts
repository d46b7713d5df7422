import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../domain/canonical';
import { DomainError } from '../../../domain/errors';
import type { OrganisationKind } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { JobRegistry } from '../../../infra/jobs/jobs';
import { log } from '../../../infra/log';
import { Contributions } from '../../store/contributions.service';
import { SourceClosing } from './closing.service';
import { SYNC_TASK } from './job';
import { SOURCE_ADAPTERS, type SourceAdapters } from './source-adapters';
import { recordFailure, recordPage, recordSuccess } from './source-progress';
import { SourceSecrets } from './source-secrets';
import { lockSource, type SourceRow } from './source-row';
import { note } from './source-entries';
import type { Checkpoint, FollowedProtocol, SourcePage } from './source';
import { SourceTaking, type Taken } from './taking.service';
import { assertFits } from './target-list';
import type { Turn } from './turn';

/** Of one reading; a source with more goes on in the next one, and others have their turn between. */
const MOST_PAGES = 200;
const MOST_MS = 5 * 60_000;
/** Of those that wait for the quota, in one transaction. */
const PORTION = 5_000;

interface Run {
  readonly actor: Actor;
  readonly sourceId: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a source page by page. What a page brings and where the next one begins are one transaction, so that a process that is
 * killed at any point has taken whole pages and goes on behind the last of them.
 */
@Injectable()
export class SourceSync implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly secrets: SourceSecrets,
    private readonly taking: SourceTaking,
    private readonly closing: SourceClosing,
    private readonly contributions: Contributions,
    @Inject(SOURCE_ADAPTERS) private readonly adapters: SourceAdapters,
  ) {}

  onModuleInit(): void {
    this.jobs.register(SYNC_TASK, ({ sourceId }, signal) =>
      sourceId ? this.sync(sourceId, signal) : Promise.resolve(),
    );
  }

  async sync(sourceId: string, signal: AbortSignal): Promise<void> {
    const actor = await this.actorOf(sourceId);
    if (!actor) return;
    const run: Run = { actor, sourceId, signal };
    try {
      const source = await this.work.aside(actor, (tx) => lockSource(tx, sourceId));
      if (source.takes_back) return await this.close(run);
      if (source.state !== 'active' && source.state !== 'failing' && source.state !== 'done') return;
      await this.takeWaiting(run);
      if (source.state === 'done') return;
      const isLeft = await this.follow(run, source);
      await this.work.aside(actor, (tx) => recordSuccess(tx, source, this.clock.now(), isLeft));
    } catch (error) {
      // A process that is stopping says nothing of the source; another one goes on.
      if (signal.aborted || isPassing(error)) throw error;
      if (!(error instanceof DomainError))
        log.error({ event: 'exchange.source-unforeseen', sourceId, err: nameOf(error) });
      await this.fail(run, error instanceof DomainError ? error : new DomainError('request.internal'));
    }
  }

  /** The subscriber's organisation acts, through nobody's hand. Null where it, or the source, is there no more. */
  private async actorOf(sourceId: string): Promise<Actor | null> {
    const [found] = await this.work.asWorker((tx) =>
      tx.query<{ id: string; kind: OrganisationKind }[]>(
        `select o.id, o.kind from exchange_source s join organisation o on o.id = s.organisation_id where s.id = $1 and o.status = 'active'`,
        [sourceId],
      ),
    );
    if (!found) return null;
    return {
      organisationId: found.id,
      organisationKind: found.kind,
      personId: null,
      via: 'service',
      name: 'Subscription',
      office: null,
      permissions: new Set(),
    };
  }

  /** True when it stopped with pages left, having changed something: the next reading goes on at once. */
  private async follow(run: Run, source: SourceRow): Promise<boolean> {
    if (source.protocol === 'csv' || source.address === null) return false;
    const adapter = this.adapters[source.protocol satisfies FollowedProtocol];
    const access = { address: source.address, credential: await this.secrets.open(source) };
    const seen = new Set([digestOf(source.checkpoint)]);
    const began = performance.now();
    let before = source.checkpoint;
    let pages = 0;
    let isChange = false;
    for await (const page of adapter.pages(access, source.checkpoint, run.signal)) {
      const done = await this.takePage(run, page, before);
      if (!done) return false;
      isChange ||= done.isChange;
      if (!page.more) return false;
      const place = digestOf(page.checkpoint);
      if (seen.has(place)) throw new DomainError('exchange.source-repeats');
      seen.add(place);
      before = page.checkpoint;
      pages += 1;
      if (pages >= MOST_PAGES || performance.now() - began > MOST_MS) return isChange;
      run.signal.throwIfAborted();
    }
    return false;
  }

  /** Null when the source was paused, ended or read by somebody else meanwhile. */
  private async takePage(run: Run, page: SourcePage, before: Checkpoint | null): Promise<Taken | null> {
    return this.inTurn(run, async (turn) => {
      const { source, tx, at } = turn;
      const isOurs = ['active', 'failing'].includes(source.state) && digestOf(source.checkpoint) === digestOf(before);
      if (!isOurs) return null;
      const listTlp = await assertFits(tx, run.actor, source.list_id, source.tlp);
      const done = await this.taking.take(turn, page.records, listTlp);
      await recordPage(tx, source, done, page.checkpoint, at);
      return done;
    });
  }

  /** As far as today's quota goes. */
  private async takeWaiting(run: Run): Promise<void> {
    for (;;) {
      const done = await this.inTurn(run, async (turn) => {
        const { source, tx, at } = turn;
        if (!['active', 'failing', 'done'].includes(source.state)) return null;
        await assertFits(tx, run.actor, source.list_id, source.tlp);
        const taken = await this.taking.takeWaiting(turn, PORTION);
        await recordPage(tx, source, taken, null, at);
        return taken;
      });
      if (!done || done.waiting > 0 || done.taken + done.quarantined + done.refusals.length === 0) return;
      run.signal.throwIfAborted();
    }
  }

  private async close(run: Run): Promise<void> {
    const at = this.clock.now();
    const touched = await this.work.aside(run.actor, async (tx) => {
      const source = await lockSource(tx, run.sourceId);
      return this.closing.close({ tx, actor: run.actor, source, at });
    });
    await this.contributions.told(touched);
  }

  private async inTurn(run: Run, work: (turn: Turn) => Promise<Taken | null>): Promise<Taken | null> {
    const at = this.clock.now();
    const done = await this.work.aside(run.actor, async (tx: Tx) => {
      const source = await lockSource(tx, run.sourceId);
      return work({ tx, actor: { ...run.actor, name: source.name }, source, at });
    });
    if (done) await this.contributions.told(done.signalIds);
    return done;
  }

  private async fail(run: Run, { code, details }: DomainError): Promise<void> {
    const at = this.clock.now();
    const askedMs = typeof details.pauseMs === 'number' ? details.pauseMs : 0;
    await this.work.aside(run.actor, async (tx) => {
      const source = await lockSource(tx, run.sourceId);
      const wasWell = await recordFailure(tx, source, code, askedMs, at);
      // Once, when it begins: a source that is away for a week is not an entry every minute.
      if (wasWell) await note(tx, run.actor, source, 'exchange.failed', at, { code });
    });
    log.warn({ event: 'exchange.source-failed', sourceId: run.sourceId, code, status: details.status });
  }
}

/**
 * The database is away, or two transactions were in each other's way: the job is run again. Anything else that we did not
 * foresee would come again with the same page, and is a failure of this source that its subscriber sees.
 */
function isPassing(error: unknown): boolean {
  if (error instanceof DomainError) return false;
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(08|40|53|57|E)/.test(code);
}

/** Without the message: one of the database may quote what the source sent. */
const nameOf = (error: unknown): object => {
  const { name, stack } = error instanceof Error ? error : new Error();
  return { name, at: stack?.split('\n').slice(1, 4) };
};

const digestOf = (checkpoint: Checkpoint | null): string =>
  createHash('sha256').update(canonicalJson(checkpoint)).digest('base64');
