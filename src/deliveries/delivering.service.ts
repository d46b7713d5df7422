import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { ClockSource } from '../infra/clock-source';
import { Work, type Tx } from '../infra/database/work';
import { addJob, addJobIn, JobRegistry } from '../infra/jobs/jobs';
import { log } from '../infra/log';
import { append } from '../ledger/append';
import { DELIVER, DELIVERED_EVENTS, deliveryKey, type DeliveredEvent } from '../notices/delivery-job';
import { entryOf } from '../notices/notice-facts';
import type { Notice } from '../notices/notice.entity';
import { lockNotice, proveReceipt } from '../notices/receiving';
import { CHANNELS_OUT, type ChannelOut, type Message, type Outcome } from './channel';
import { Delivery, DeliveryAttempt, WebhookEndpoint } from './deliveries.entity';
import { payloadOf } from './payload';
import { plan } from './plan';

/** Between one attempt and the next; after the last, the next channel. An hour runs: half a minute is spent on retries. */
export const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** A channel is given up this long after the delivery began, whatever kept it: other notices in front, or slow answers. */
const CHANNEL_PATIENCE_MS = 90_000;
/** Calls at once to one endpoint over all nodes; more wait a little, so that a slow platform takes no one else's worker. */
const CALLS_PER_ENDPOINT = 4;
const WAIT_FOR_SLOT_MS = 250;
const CALL_LOST_AFTER_MS = 60_000;

interface Begun {
  readonly delivery: Delivery;
  readonly attemptNo: number;
  readonly message: Message;
  readonly endpoint: WebhookEndpoint | null;
}

/** Delivers a notice over the platform's channels, in order, until one proves receipt. */
@Injectable()
export class Delivering implements OnModuleInit {
  private readonly channels: ReadonlyMap<string, ChannelOut>;

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    @Inject(CHANNELS_OUT) channels: readonly ChannelOut[],
  ) {
    this.channels = new Map(channels.map((channel) => [channel.channel, channel]));
  }

  onModuleInit(): void {
    this.jobs.register(DELIVER, ({ noticeId, event }, signal) => {
      const known = DELIVERED_EVENTS.find((one) => one === event);
      return noticeId && known ? this.deliver(noticeId, known, signal) : Promise.resolve();
    });
  }

  /**
   * One attempt: written down, made, and its outcome recorded. A worker killed in between leaves an attempt that never ended;
   * the job then runs again and repeats the message under the same id, and whatever comes first is recorded once.
   */
  async deliver(noticeId: string, event: DeliveredEvent, signal: AbortSignal): Promise<void> {
    const begun = await this.work.asWorker((tx) => this.begin(tx, noticeId, event));
    if (!begun) return;
    const { delivery, message, endpoint } = begun;
    const channel = this.channels.get(delivery.channel);
    if (!channel) throw new Error(`nothing delivers over ${delivery.channel}`);
    const outcome = await channel.send(message, endpoint, signal);
    // The instant of the proof, not of its record.
    const at = this.clock.now();
    await this.work.asWorker((tx) => this.record(tx, begun, outcome, at));
    log.info({ event: 'delivery.attempted', noticeId, channel: delivery.channel, outcome: outcome.kind });
  }

  private async begin(tx: Tx, noticeId: string, event: DeliveredEvent): Promise<Begun | null> {
    const notice = await lockNotice(tx, noticeId);
    if (!notice) return null;
    const at = this.clock.now();
    await plan(tx, notice, event, at);
    const [delivery, ...others] = await tx.find(Delivery, {
      where: { noticeId, event, state: 'waiting' },
      order: { position: 'asc' },
    });
    if (!delivery) return null;
    if (!(await isStillAsked(tx, notice, event))) {
      await cancel(tx, [delivery, ...others], at);
      return null;
    }
    await endOpenAttempts(tx, [delivery.id], at);
    const isImpatient = at.getTime() - delivery.createdAt.getTime() > CHANNEL_PATIENCE_MS && others.length > 0;
    if (isImpatient) {
      await this.giveUp(tx, notice, delivery, { at, failure: 'endpoint-busy' });
      return null;
    }
    if (await isBusy(tx, delivery, at)) {
      await addJobIn(tx, WAIT_FOR_SLOT_MS, DELIVER, { noticeId, event }, { key: deliveryKey(noticeId, event) });
      return null;
    }
    const attemptNo = delivery.attempts + 1;
    await tx.update(Delivery, { id: delivery.id }, { attempts: attemptNo });
    await tx.insert(DeliveryAttempt, { deliveryId: delivery.id, attemptNo, startedAt: at });
    const endpoint = delivery.endpointId ? await tx.findOneBy(WebhookEndpoint, { id: delivery.endpointId }) : null;
    const message = { id: delivery.id, body: await payloadOf(tx, event, notice) };
    return { delivery: Object.assign(delivery, { attempts: attemptNo }), attemptNo, message, endpoint };
  }

  /** Idempotent: what another worker has recorded of this delivery meanwhile stands. */
  private async record(tx: Tx, begun: Begun, { kind, status, problem }: Outcome, at: Date): Promise<void> {
    const { delivery, attemptNo } = begun;
    const { noticeId, event } = delivery;
    const notice = await lockNotice(tx, noticeId);
    if (!notice) return;
    await tx.update(
      DeliveryAttempt,
      { deliveryId: delivery.id, attemptNo },
      { endedAt: at, outcome: kind, status, problem },
    );
    if (!(await tx.existsBy(Delivery, { id: delivery.id, state: 'waiting' }))) return;
    const dims = { event, channel: delivery.channel, attempt: attemptNo, outcome: kind, status, problem };
    if (kind === 'receipt') {
      await tx.update(Delivery, { id: delivery.id }, { state: 'delivered', receiptAt: at, endedAt: at });
      await append(tx, entryOf(notice, { kind: 'delivery.receipt', actor: 'service', at, dims }));
      const proof = { at, channel: delivery.channel, actor: 'service' } as const;
      if (event === 'notice.sent') await proveReceipt(tx, noticeId, proof);
      await cancel(tx, await tx.findBy(Delivery, { noticeId, event, state: 'waiting' }), at);
      return;
    }
    await append(tx, entryOf(notice, { kind: 'delivery.attempted', actor: 'service', at, dims }));
    const delayMs = kind === 'failed' ? RETRY_AFTER_MS[attemptNo - 1] : undefined;
    if (delayMs === undefined) await this.giveUp(tx, notice, delivery, { at, failure: problem });
    else await addJobIn(tx, delayMs, DELIVER, { noticeId, event }, { key: deliveryKey(noticeId, event) });
  }

  /** This channel did not reach the platform: the next one begins at once. */
  private async giveUp(
    tx: Tx,
    notice: Notice,
    { id, channel, event, attempts }: Delivery,
    { at, failure }: { readonly at: Date; readonly failure: string | null },
  ): Promise<void> {
    await tx.update(Delivery, { id }, { state: 'failed', failure, endedAt: at });
    const dims = { event, channel, attempts, failure };
    await append(tx, entryOf(notice, { kind: 'delivery.failed', actor: 'service', at, dims }));
    await addJob(tx, DELIVER, { noticeId: notice.id, event }, { key: deliveryKey(notice.id, event) });
  }
}

/** A notice is delivered until it was received by whatever road; a withdrawal until one channel has told it. */
async function isStillAsked(tx: Tx, notice: Notice, event: DeliveredEvent): Promise<boolean> {
  if (event === 'notice.sent') return notice.state === 'sent';
  return !(await tx.existsBy(Delivery, { noticeId: notice.id, event, state: 'delivered' }));
}

/** Calls that nobody ended within a minute were those of a process that is gone. */
async function isBusy(tx: Tx, { endpointId }: Delivery, at: Date): Promise<boolean> {
  if (!endpointId) return false;
  const [row] = await tx.query<{ calls: number }[]>(
    `select count(*)::int as calls from delivery_attempt a join delivery d on d.id = a.delivery_id
     where a.ended_at is null and d.endpoint_id = $1 and a.started_at > $2`,
    [endpointId, new Date(at.getTime() - CALL_LOST_AFTER_MS)],
  );
  return (row?.calls ?? 0) >= CALLS_PER_ENDPOINT;
}

async function endOpenAttempts(tx: Tx, deliveryIds: readonly string[], at: Date): Promise<void> {
  await tx.update(
    DeliveryAttempt,
    { deliveryId: In([...deliveryIds]), endedAt: IsNull() },
    { endedAt: at, outcome: 'interrupted' },
  );
}

async function cancel(tx: Tx, deliveries: readonly Delivery[], at: Date): Promise<void> {
  if (deliveries.length === 0) return;
  const ids = deliveries.map((delivery) => delivery.id);
  await endOpenAttempts(tx, ids, at);
  await tx.update(Delivery, { id: In(ids) }, { state: 'cancelled', endedAt: at });
}
