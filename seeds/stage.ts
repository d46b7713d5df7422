import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger, runOnce, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import { createApp } from '../src/app';
import { dataSourceOptions } from '../src/data-source';
import { PROBLEMS } from '../src/domain/errors';
import { SettableClock } from '../src/infra/clock-source';
import type { Config } from '../src/infra/config';
import type { Database } from '../src/infra/database/connect';
import { Work } from '../src/infra/database/work';
import { StartError } from '../src/infra/embedded/start-error';
import { RECORD_IN_BATCHES } from '../src/infra/jobs/job-runner';
import { JobRegistry } from '../src/infra/jobs/jobs';
import { Sequencer } from '../src/ledger/sequencer';
import { Ticker } from '../src/notices/ticker';
import { Publisher } from '../src/transparency/publisher.service';
import { everybody, type CastPerson } from './cast';
import type { Logins } from './logins';

export type StoryDatabase = Pick<Database, 'ownerUrl' | 'appUrl' | 'workerUrl' | 'scopeKey'>;

/** A tick every 200 ms writes a mark this long after its instant, as a rule. */
const TICK_LAG_MS = 100;
/** No more than an endpoint is called at once: a delivery that has to wait for its turn waits by the real clock. */
const JOBS_AT_ONCE = 4;
const silent = new Logger(() => () => undefined);

/** Commits do not wait for the disk: a story that a crash cuts short is told again from its beginning. */
const relaxed = (url: string): string => {
  const address = new URL(url);
  address.searchParams.set('options', '-c synchronous_commit=off');
  return address.toString();
};

interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: object | Buffer;
  readonly remoteAddress?: string;
}

/**
 * The application on which the story is played, with a clock that is moved from scene to scene. It runs nothing in the
 * background but the sequencer: marks are written and jobs done when the story has come to their instant, so that every
 * receipt, mark and fact is dated as it would have been.
 */
export class Stage {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly clock: SettableClock,
    private readonly jobs: Pool,
  ) {}

  static async open(config: Config, database: StoryDatabase, clock: SettableClock): Promise<Stage> {
    const app = await createApp({
      config: { ...config, api: true, worker: false },
      clock,
      connections: {
        app: dataSourceOptions(relaxed(database.appUrl), 10),
        worker: dataSourceOptions(relaxed(database.workerUrl), 4),
        scopeKey: database.scopeKey,
      },
    });
    const jobs = new Pool({ connectionString: relaxed(database.workerUrl), max: JOBS_AT_ONCE + 2 });
    jobs.on('error', () => undefined);
    jobs.on('connect', (client) => client.on('error', () => undefined));
    await app.get(Sequencer, { strict: false }).start();
    return new Stage(app, clock, jobs);
  }

  async close(): Promise<void> {
    await this.jobs.end();
    await this.app.close();
  }

  /** Goes on to `instant`; every mark that clocks reach on the way is written at its own time. */
  async goTo(instant: Date): Promise<void> {
    for (let due = await this.nextMark(instant); due; due = await this.nextMark(instant)) {
      this.clock.set(new Date(Math.min(due.getTime() + TICK_LAG_MS, instant.getTime())));
      await this.app.get(Ticker, { strict: false }).tick(this.clock.now());
    }
    this.clock.set(instant);
  }

  /** Does the jobs that have been added, deliveries above all, `afterMs` from now. */
  async deliver(afterMs: number): Promise<void> {
    await this.goTo(new Date(this.clock.now().getTime() + afterMs));
    const never = new AbortController().signal;
    const taskList: TaskList = {};
    for (const [task, handler] of this.app.get(JobRegistry, { strict: false }).all()) {
      taskList[task] = (payload) => handler(payload as Record<string, string>, never);
    }
    await runOnce({
      pgPool: this.jobs,
      taskList,
      noHandleSignals: true,
      logger: silent,
      preset: { worker: { concurrentJobs: JOBS_AT_ONCE, ...RECORD_IN_BATCHES } },
    });
  }

  async publishClosedMonths(): Promise<string[]> {
    // Figures are of sequenced entries.
    await this.app.get(Sequencer, { strict: false }).settle();
    return this.app.get(Publisher, { strict: false }).publish();
  }

  /** Signs a person in, from a desk of their own. */
  async signIn(person: CastPerson, logins: Logins): Promise<Voice> {
    const { email } = person;
    const { token, organisation } = await this.request<{ token: string; organisation: { id: string } }>({
      method: 'POST',
      url: '/v1/session',
      payload: { email, password: logins.passwordOf(email) },
      headers: { prefer: 'receipt=later' },
      remoteAddress: `127.0.1.${everybody().indexOf(person) + 1}`,
    });
    return new Voice(this, token, organisation.id);
  }

  /** @throws StartError when the disk is full, and else Error with the problem's code: a story in which a request is refused is not the story */
  async request<T>(request: Request): Promise<T> {
    const answer = await this.app.inject(request);
    const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
    if (answer.statusCode >= 200 && answer.statusCode < 300) return isJson ? answer.json<T>() : (null as T);
    if (answer.statusCode === PROBLEMS['storage.full'][0]) {
      throw new StartError(
        'The disk is full: no room to tell the demo story to its end. Free some, or set CLEPSYDRA_DATA to another disk.',
      );
    }
    throw new Error(
      `the demo story broke off at ${request.method} ${request.url}: ${answer.statusCode} ${answer.body}`,
    );
  }

  private async nextMark(until: Date): Promise<Date | null> {
    const [row] = await this.app
      .get(Work, { strict: false })
      .asWorker((tx) =>
        tx.query<{ at: Date | null }[]>('select min(next_mark_at) as at from clock where next_mark_at <= $1', [until]),
      );
    return row?.at ?? null;
  }
}

/** Somebody, or some system, that speaks to the service with a credential of theirs. */
export class Voice {
  constructor(
    private readonly stage: Stage,
    private readonly token: string,
    readonly organisationId: string,
  ) {}

  get<T>(url: string): Promise<T> {
    return this.stage.request<T>({ method: 'GET', url, headers: this.headers() });
  }

  post<T>(url: string, payload: object = {}): Promise<T> {
    return this.stage.request<T>({ method: 'POST', url, headers: this.headers(), payload });
  }

  /** For an answer that is bytes: they are not kept. */
  look(url: string, payload: object): Promise<unknown> {
    return this.stage.request<unknown>({ method: 'POST', url, headers: this.headers(), payload });
  }

  async form<T>(url: string, form: FormData): Promise<T> {
    const encoded = new Response(form);
    const headers = { ...this.headers(), 'content-type': encoded.headers.get('content-type') ?? '' };
    return this.stage.request<T>({ method: 'POST', url, headers, payload: Buffer.from(await encoded.arrayBuffer()) });
  }

  private headers(): Record<string, string> {
    // Nobody keeps the receipts of the story.
    return { authorization: `Bearer ${this.token}`, prefer: 'receipt=later' };
  }
}
