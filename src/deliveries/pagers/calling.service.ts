import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError, type ProblemCode } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { KeyProvider, type WrappedByMaster } from '../../infra/crypto/key-provider';
import { Work, type Tx } from '../../infra/database/work';
import { CheckedConnector } from '../../infra/egress/connector';
import { addJobIn, JobRegistry, type JobHandler } from '../../infra/jobs/jobs';
import { log } from '../../infra/log';
import { Page, PageAttempt, Pager } from './pagers.entity';
import { PAGE, placeOf } from './paging';
import { callOf, type PagerSettings, type Words } from './settings';

/** Between one attempt and the next. A page that comes later than two minutes has been overtaken by the next mark. */
const AGAIN_AFTER_MS = [2_000, 5_000, 15_000, 30_000, 60_000] as const;
const CALL_MS = 10_000;
const TOO_MANY = 429;
const HOPELESS: readonly ProblemCode[] = ['egress.refused-scheme', 'egress.refused-address', 'egress.redirect'];

export interface PageOutcome {
  readonly outcome: PageAttempt['outcome'];
  readonly status: number | null;
  readonly problem: string | null;
}

/** Bound to the wrapping: settings that were copied to another pager do not unwrap. */
const contextOf = (pagerId: string): Buffer => Buffer.from(`clepsydra pager ${pagerId}`);

/** Calls pagers, through the checked connector. */
@Injectable()
export class Calling implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly keys: KeyProvider,
    private readonly connector: CheckedConnector,
  ) {}

  onModuleInit(): void {
    const call: JobHandler = ({ pageId }, signal) => (pageId ? this.attempt(pageId, signal) : Promise.resolve());
    this.jobs.register(PAGE, call, { pace: 'urgent' });
  }

  seal(pagerId: string, settings: PagerSettings): Promise<WrappedByMaster> {
    return this.keys.wrap(Buffer.from(JSON.stringify(settings)), contextOf(pagerId));
  }

  /** Refuses an address to which nothing would ever be sent, when somebody enters it. */
  requireCallable(settings: PagerSettings): Promise<void> {
    const { url } = callOf(settings, { id: 'x', text: 'x', priority: 'normal' });
    return this.connector.requireCallable(url);
  }

  /** One call. Never throws: whatever goes wrong is an outcome. */
  async call(pager: Pager, words: Words, signal?: AbortSignal): Promise<PageOutcome> {
    try {
      const sealed = { keyId: pager.keyId, wrapped: pager.settingsWrapped };
      const settings: PagerSettings = JSON.parse((await this.keys.unwrap(sealed, contextOf(pager.id))).toString());
      const { url, ...call } = callOf(settings, words);
      const { status } = await this.connector.fetch(url, {
        ...call,
        timeoutMs: CALL_MS,
        ...(signal ? { signal } : {}),
      });
      return ofStatus(status);
    } catch (error) {
      const code: ProblemCode = error instanceof DomainError ? error.code : 'request.internal';
      return { outcome: HOPELESS.includes(code) ? 'refused' : 'failed', status: null, problem: code };
    }
  }

  private async attempt(pageId: string, signal: AbortSignal): Promise<void> {
    const found = await this.work.asWorker(async (tx) => {
      const page = await tx.findOneBy(Page, { id: pageId, state: 'waiting' });
      const pager = page && (await tx.findOneBy(Pager, { id: page.pagerId }));
      return page && pager ? { page, pager } : null;
    });
    if (!found) return;
    const { page, pager } = found;
    const came: PageOutcome = pager.removedAt
      ? { outcome: 'refused', status: null, problem: 'pager-removed' }
      : await this.call(pager, page, signal);
    await this.work.asWorker((tx) => record(tx, page, came, this.clock.now()));
    log.info({ event: 'page.attempted', pageId, outcome: came.outcome });
  }
}

async function record(tx: Tx, page: Page, came: PageOutcome, at: Date): Promise<void> {
  const locked = await tx.findOne(Page, {
    where: { id: page.id, state: 'waiting' },
    lock: { mode: 'pessimistic_write' },
  });
  if (!locked) return;
  const attemptNo = (await tx.countBy(PageAttempt, { pageId: page.id })) + 1;
  await tx.insert(PageAttempt, { pageId: page.id, attemptNo, at, ...came });
  const delayMs = came.outcome === 'failed' ? AGAIN_AFTER_MS[attemptNo - 1] : undefined;
  if (delayMs !== undefined) return addJobIn(tx, delayMs, PAGE, { pageId: page.id }, placeOf(page.id, page.pagerId));
  await tx.update(Page, { id: page.id }, { state: came.outcome === 'sent' ? 'sent' : 'failed', endedAt: at });
}

/** 4xx says that the call is wrong, and would be wrong again; being asked to wait is not that. */
function ofStatus(status: number): PageOutcome {
  if (status >= 200 && status < 300) return { outcome: 'sent', status, problem: null };
  const isFinal = status >= 400 && status < 500 && status !== TOO_MANY;
  return { outcome: isFinal ? 'refused' : 'failed', status, problem: `status-${status}` };
}
