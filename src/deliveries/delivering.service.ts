import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { Work, type Tx } from '../infra/database/work';
import { JobRegistry, type JobHandler } from '../infra/jobs/jobs';
import { log } from '../infra/log';
import { append } from '../ledger/append';
import { DELIVER } from '../notices/delivery-job';
import { entryOf } from '../notices/notice-facts';
import type { Notice } from '../notices/notice.entity';
import { lockNotice } from '../notices/receiving';
import { CHANNELS_OUT, ReplyLinks, type ChannelOut, type Message, type Outcome, type Target } from './channel';
import { countCall, passCircuit } from './circuit';
import { compose } from './compose';
import { ContactPoint, Delivery, DeliveryAttempt, WebhookEndpoint } from './deliveries.entity';
import { giveUp } from './giving-up';
import { BESIDE, ofEvent, plan } from './plan';
import { cancel, endOpenAttempts, prove } from './proving';
import { addTask, addTaskIn, taskIn, taskOf, type DeliverTask } from './task';
import { reachNobody } from './unreached';

/** Between one attempt and the next; after the last, the next channel. An hour runs: half a minute is spent on retries. */
export const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** A channel is given up this long after its turn began, whatever kept it: other notices in front, or slow answers. */
const CHANNEL_PATIENCE_MS = 90_000;
/** Calls at once to one endpoint over all nodes; more wait a little, so that a slow platform takes no one else's worker. */
const CALLS_PER_ENDPOINT = 4;
const WAIT_FOR_SLOT_MS = 250;
const CALL_LOST_AFTER_MS = 60_000;
/** Who reads a feed asks every few seconds. After this the next channel begins; reading it later counts all the same. */
export const FEED_GRACE_MS = 60_000;

interface Begun {
  readonly delivery: Delivery;
  readonly message: Message;
  readonly target: Target;
}

/** Delivers a notice over the platform's channels, in order, until one proves receipt. */
@Injectable()
export class Delivering implements OnModuleInit {
  private readonly channels: ReadonlyMap<string, ChannelOut>;

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly links: ReplyLinks,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CHANNELS_OUT) channels: readonly ChannelOut[],
  ) {
    this.channels = new Map(channels.map((channel) => [channel.channel, channel]));
  }

  onModuleInit(): void {
    const deliver: JobHandler = async (payload, signal) => {
      const task = taskIn(payload);
      if (task) await this.deliver(task, signal);
    };
    this.jobs.register(DELIVER, deliver, { pace: 'urgent' });
  }

  /**
   * One attempt: written down, made, and its outcome recorded. A worker killed in between leaves an attempt that never ended;
   * the job then runs again and repeats the message under the same id, and whatever comes first is recorded once.
   */
  async deliver(task: DeliverTask, signal: AbortSignal): Promise<void> {
    const begun = await this.work.asWorker((tx) => this.begin(tx, task));
    if (!begun) return;
    const { noticeId, channel } = begun.delivery;
    const outcome = await this.call(begun, signal);
    // The instant of the proof, not of its record.
    const at = this.clock.now();
    await this.work.asWorker((tx) => record(tx, begun, outcome, at));
    log.info({ event: 'delivery.attempted', noticeId, channel, outcome: outcome.kind });
  }

  private call({ delivery, message, target }: Begun, signal: AbortSignal): Promise<Outcome> {
    const channel = this.channels.get(delivery.channel);
    if (!channel) throw new Error(`nothing delivers over ${delivery.channel}`);
    return channel.send(message, target, signal);
  }

  private async begin(tx: Tx, task: DeliverTask): Promise<Begun | null> {
    const notice = await lockNotice(tx, task.noticeId);
    if (!notice) return null;
    const at = this.clock.now();
    for (const beside of await plan(tx, notice, { ...task, at })) await addTask(tx, taskOf(beside));
    const rows = await ofEvent(tx, notice.id, task.event, task.subject);
    const isMine = ({ id, position }: Delivery): boolean =>
      task.deliveryId ? id === task.deliveryId : position !== BESIDE;
    const waiting = rows.filter((row) => row.state === 'waiting' && isMine(row));
    const [delivery, ...others] = waiting;
    if (!delivery) {
      if (task.event === 'notice.sent' && !task.deliveryId && notice.state === 'sent')
        await reachNobody(tx, notice, rows, { task, at });
      return null;
    }
    if (!isStillAsked(notice, task, rows)) {
      await cancel(tx, waiting, at);
      return null;
    }
    const begunAt = delivery.begunAt ?? at;
    await endOpenAttempts(tx, [delivery.id], at);
    if (at.getTime() - begunAt.getTime() > CHANNEL_PATIENCE_MS && others.length > 0) {
      await giveUp(tx, notice, delivery, { at, failure: 'endpoint-busy' });
      return null;
    }
    await tx.update(Delivery, { id: delivery.id }, { begunAt });
    if (!(await mayCall(tx, notice, delivery, { at, hasOthers: others.length > 0 }))) return null;
    const begun = await beginAttempt(tx, delivery, { at, replay: false });
    const { contact } = begun.target;
    const means = { links: this.links, site: this.config.publicUrl };
    return { ...begun, message: await compose(tx, { delivery, notice, contact }, means) };
  }

  /**
   * A message that goes out once more, or over one more channel, whatever had come of it. A success counts as it would have the
   * first time; a failure changes nothing.
   * @param options.replay whether its platform had asked for it
   */
  async repeat(
    deliveryId: string,
    signal: AbortSignal,
    { replay = true }: { readonly replay?: boolean } = {},
  ): Promise<Outcome | null> {
    const begun = await this.work.asWorker(async (tx): Promise<Begun | null> => {
      const found = await tx.findOneBy(Delivery, { id: deliveryId });
      const notice = found && (await lockNotice(tx, found.noticeId));
      const delivery = notice && (await tx.findOneBy(Delivery, { id: deliveryId }));
      if (!notice || !delivery) return null;
      const attempt = await beginAttempt(tx, delivery, { at: this.clock.now(), replay });
      const means = { links: this.links, site: this.config.publicUrl };
      return { ...attempt, message: await compose(tx, { delivery, notice, contact: attempt.target.contact }, means) };
    });
    if (!begun) return null;
    const outcome = await this.call(begun, signal);
    const at = this.clock.now();
    await this.work.asWorker(async (tx) => {
      const notice = await endAttempt(tx, begun.delivery, outcome, at);
      if (!notice || outcome.kind !== 'receipt') return;
      await prove(tx, notice, begun.delivery, {
        at,
        proof: outcome.proof ?? 'webhook',
        dims: replay ? { replay: 1 } : {},
      });
    });
    return outcome;
  }
}

/** A notice is delivered until it was received by whatever road; what comes after it, until one channel has told it. */
function isStillAsked(notice: Notice, { event, deliveryId }: DeliverTask, rows: readonly Delivery[]): boolean {
  if (event === 'notice.sent') return notice.state === 'sent';
  return deliveryId !== null || !rows.some(({ state }) => state === 'delivered');
}

/** Whether an endpoint can be called now; otherwise it is for later, or the next channel begins. */
async function mayCall(
  tx: Tx,
  notice: Notice,
  delivery: Delivery,
  { at, hasOthers }: { readonly at: Date; readonly hasOthers: boolean },
): Promise<boolean> {
  const { endpointId } = delivery;
  if (!endpointId) return true;
  if (await isBusy(tx, endpointId, at)) {
    await addTaskIn(tx, WAIT_FOR_SLOT_MS, taskOf(delivery));
    return false;
  }
  const closedUntil = await passCircuit(tx, endpointId, at);
  if (!closedUntil) return true;
  if (hasOthers) await giveUp(tx, notice, delivery, { at, failure: 'circuit-open' });
  else await addTaskIn(tx, Math.max(closedUntil.getTime() - at.getTime(), WAIT_FOR_SLOT_MS), taskOf(delivery));
  return false;
}

/** Calls that nobody ended within a minute were those of a process that is gone. */
async function isBusy(tx: Tx, endpointId: string, at: Date): Promise<boolean> {
  const [row] = await tx.query<{ calls: number }[]>(
    `select count(*)::int as calls from delivery_attempt a join delivery d on d.id = a.delivery_id
     where a.ended_at is null and d.endpoint_id = $1 and a.started_at > $2`,
    [endpointId, new Date(at.getTime() - CALL_LOST_AFTER_MS)],
  );
  return (row?.calls ?? 0) >= CALLS_PER_ENDPOINT;
}

async function beginAttempt(
  tx: Tx,
  delivery: Delivery,
  { at, replay }: { readonly at: Date; readonly replay: boolean },
): Promise<Omit<Begun, 'message'>> {
  const attempts = delivery.attempts + 1;
  await tx.update(Delivery, { id: delivery.id }, { attempts });
  await tx.insert(DeliveryAttempt, { deliveryId: delivery.id, attemptNo: attempts, startedAt: at, replay });
  const { endpointId, contactId } = delivery;
  const target = {
    endpoint: endpointId ? await tx.findOneBy(WebhookEndpoint, { id: endpointId }) : null,
    contact: contactId ? await tx.findOneBy(ContactPoint, { id: contactId }) : null,
  };
  return { delivery: Object.assign(delivery, { attempts }), target };
}

/** Returns the notice, locked. */
async function endAttempt(tx: Tx, delivery: Delivery, outcome: Outcome, at: Date): Promise<Notice | null> {
  const notice = await lockNotice(tx, delivery.noticeId);
  if (!notice) return null;
  const { kind, status, problem, response = null } = outcome;
  await tx.update(
    DeliveryAttempt,
    { deliveryId: delivery.id, attemptNo: delivery.attempts },
    { endedAt: at, outcome: kind, status, problem, response },
  );
  if (delivery.endpointId) await countCall(tx, delivery.endpointId, kind === 'receipt', at);
  return notice;
}

/** Idempotent: what another worker has recorded of this delivery meanwhile stands. */
async function record(tx: Tx, { delivery }: Begun, outcome: Outcome, at: Date): Promise<void> {
  const { id, event, channel, attempts } = delivery;
  const notice = await endAttempt(tx, delivery, outcome, at);
  if (!notice || !(await tx.existsBy(Delivery, { id, state: 'waiting' }))) return;
  const { kind, status, problem } = outcome;
  const dims = { event, channel, attempt: attempts, outcome: kind, status, problem };
  if (kind === 'receipt') {
    const proof = outcome.proof ?? 'webhook';
    return prove(tx, notice, delivery, { at, proof, dims: { attempt: attempts, outcome: kind, status } });
  }
  if (kind === 'told') {
    await tx.update(Delivery, { id }, { state: 'told', endedAt: at });
    await append(tx, entryOf(notice, { kind: 'delivery.told', actor: 'service', at, dims }));
    if (delivery.position === BESIDE) return;
    return addTaskIn(tx, channel === 'feed' ? FEED_GRACE_MS : 0, taskOf(delivery));
  }
  await append(tx, entryOf(notice, { kind: 'delivery.attempted', actor: 'service', at, dims }));
  const delayMs = kind === 'failed' ? RETRY_AFTER_MS[attempts - 1] : undefined;
  if (delayMs === undefined) await giveUp(tx, notice, delivery, { at, failure: problem });
  else await addTaskIn(tx, delayMs, taskOf(delivery));
}
