import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { DomainError } from '../../domain/errors';
import { requestContext, type IdempotencyClaim } from '../context';
import { OwnTurns } from '../own-turns';
import type { Actor } from './actor';
import { SCOPE_KEY, setScope } from './scope';

export type { Actor } from './actor';

/** One transaction, with the scope of its organisation set. Whoever takes part takes it as its first argument. */
export type Tx = EntityManager;

interface RunOptions<T> {
  /** What a replay of this request answers instead: without the secret that is shown once. */
  readonly redact?: (answer: T) => unknown;
}

interface StoredAnswer {
  readonly fingerprint: string;
  readonly answer: string | null;
  readonly entry_id: string | null;
  /** It was about something that was erased since. */
  readonly erased: boolean;
}

/** Of the sixteen of a node: three organisations that wait for locks or read slowly leave one for the next. */
const CONNECTIONS_OF_ONE = 5;
/** Transactions of one organisation that wait for such a connection; more are asked to come again. */
const MOST_ASKING = 2_000;

/** Of the eight on which the worker role reads what requests ask for. */
const READINGS_OF_ONE = 2;

/** Name of the second data source, which connects as the worker role: for what the service does by itself. */
export const WORKER_SOURCE = 'worker';
/** Name of the third, of the same role: for what requests read across organisations. */
export const ASKED_SOURCE = 'asked';
export const ASKED_CONNECTIONS = 8;

/**
 * Opens transactions. A use case is one call of `run`; what the callback returns is the request's answer and is what a
 * repeat with the same idempotency key gets, because both are written in this transaction.
 */
@Injectable()
export class Work {
  private readonly turns = new OwnTurns(CONNECTIONS_OF_ONE, MOST_ASKING);
  private readonly readings = new OwnTurns(READINGS_OF_ONE, MOST_ASKING);
  /** The organisation whose turn it is: work within its work has a turn already. */
  private readonly inTurn = new AsyncLocalStorage<string>();

  constructor(
    @InjectDataSource() private readonly app: DataSource,
    @InjectDataSource(WORKER_SOURCE) private readonly worker: DataSource,
    @Inject(SCOPE_KEY) private readonly scopeKey: Buffer,
    /** A command answers no requests: it has one pool of that role. */
    @InjectDataSource(ASKED_SOURCE) private readonly asked: DataSource = worker,
  ) {}

  /** Changes something for the actor's organisation. Claims the request's idempotency key, if it has one still unclaimed. */
  async run<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options: RunOptions<T> = {}): Promise<T> {
    const context = requestContext();
    const claim = context?.idempotency;
    const before = context?.entryIds.length ?? 0;
    try {
      return await this.transaction(actor, async (tx) => {
        if (!claim || claim.claimed) return gated(tx, work);
        const stored = await claimKey(tx, actor, claim);
        if (stored) return replay(stored, claim) as T;
        const answer = await gated(tx, work);
        const kept = options.redact ? options.redact(answer) : answer;
        await tx.query(
          `update idempotency_key set answer = $3, entry_id = $4 where organisation_id = $1 and key = $2`,
          [actor.organisationId, claim.key, JSON.stringify(kept ?? null), context.entryIds.at(-1) ?? null],
        );
        return answer;
      });
    } catch (error) {
      // What was rolled back must not be acknowledged with a receipt, and a later attempt may claim the key.
      context?.entryIds.splice(before);
      if (claim && !claim.replayed) claim.claimed = false;
      throw error;
    }
  }

  /** Reads for the actor's organisation. */
  async read<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.aside(actor, work);
  }

  /**
   * Writes beside the use case: what has to be committed before the answer's own transaction begins, and on a repeat as
   * well. Claims no idempotency key.
   */
  async aside<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(actor, work);
  }

  /** Without any scope: a credential is looked up by its hash, or what is published for everybody is read. Nothing else is there. */
  async unscoped<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(this.app.manager);
  }

  /**
   * As the worker role because a request asks for it: on connections of their own, of which each organisation has two at a
   * time. However much is asked, the sequencer, the clock and the heartbeat have theirs, and so have the requests of others.
   * Never within another such work of the same organisation, which would wait for itself.
   * @param whose turn it is: an organisation's id, or a name for what is read without one
   * @throws DomainError `request.unavailable` when too many of the same wait
   */
  async asWorkerFor<T>(whose: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.readings.run(whose, () => this.asked.transaction(work));
  }

  /**
   * As the worker role, which reads and writes across organisations where a policy names it: what the service does by itself.
   * For what a request may ask for in any number there is {@link asWorkerFor}.
   */
  async asWorker<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.worker.transaction(work);
  }

  /** As the worker role, every statement for itself: one round trip and not three for a look that mostly finds nothing. */
  async glance<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(this.worker.manager);
  }

  /** With a connection of those that the organisation may have at a time. */
  private transaction<T>({ organisationId, personId }: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    const begin = (): Promise<T> =>
      this.app.transaction(async (tx) => {
        await setScope(tx, this.scopeKey, organisationId, personId);
        return work(tx);
      });
    if (this.inTurn.getStore() === organisationId) return begin();
    return this.turns.run(organisationId, () => this.inTurn.run(organisationId, begin));
  }
}

/** Inserts the key; a twin under way makes this wait until it has ended. Returns what was stored when somebody was first. */
async function claimKey(tx: Tx, actor: Actor, claim: IdempotencyClaim): Promise<StoredAnswer | undefined> {
  claim.claimed = true;
  const inserted: unknown[] = await tx.query(
    `insert into idempotency_key (organisation_id, key, fingerprint) values ($1, $2, $3) on conflict do nothing returning key`,
    [actor.organisationId, claim.key, claim.fingerprint],
  );
  if (inserted.length > 0) return undefined;
  const rows: StoredAnswer[] = await tx.query(
    `select fingerprint, answer, entry_id, erased from idempotency_key where organisation_id = $1 and key = $2`,
    [actor.organisationId, claim.key],
  );
  const stored = rows[0];
  if (!stored || stored.fingerprint !== claim.fingerprint) {
    claim.claimed = false;
    throw new DomainError('idempotency.key-reused', { key: claim.key });
  }
  return stored;
}

/** Asks for the second person where the verb wants one; runs the work only when that one has agreed. */
async function gated<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const context = requestContext();
  const asked = await context?.gate?.(tx);
  if (asked !== undefined) return asked as T;
  if (context) delete context.gate;
  return work(tx);
}

function replay(stored: StoredAnswer, claim: IdempotencyClaim): unknown {
  if (stored.erased) throw new DomainError('idempotency.answer-erased', { key: claim.key });
  claim.replayed = true;
  if (stored.entry_id) requestContext()?.entryIds.push(stored.entry_id);
  return JSON.parse(stored.answer ?? 'null') as unknown;
}
