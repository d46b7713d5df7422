import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { Work, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { BounceServer, type Bounced } from '../infra/mail/bounces';
import { ReturnPaths } from '../infra/mail/return-path';
import { append } from '../ledger/append';
import { entryOf } from '../notices/notice-facts';
import type { Notice, ReceiptChannel } from '../notices/notice.entity';
import { lockNotice } from '../notices/receiving';
import { voidClarification, voidReceipt } from '../notices/voiding';
import { reportOn } from './advance/advance-mails';
import { Delivery } from './deliveries.entity';
import { giveUp } from './giving-up';
import { BESIDE, ofEvent, planRest } from './plan';
import { prove } from './proving';
import { addTask, taskOf } from './task';

/** Takes delivery reports, and does what they mean for a receipt. */
@Injectable()
export class Reports implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly server: BounceServer | undefined;

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
    paths: ReturnPaths,
  ) {
    const { mail } = config;
    if (mail) this.server = new BounceServer(mail, paths, clock, (bounced) => this.take(bounced));
  }

  /** Where reports are taken; undefined where they are not. */
  get port(): number | undefined {
    return this.server?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.worker) await this.server?.listen();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.server?.close();
  }

  /** `failed` voids, `delivered` proves, and whatever else a report says changes nothing. A repeat of one changes nothing. */
  async take({ id, report }: Bounced): Promise<void> {
    const { action, status } = report;
    log.info({ event: 'delivery.reported', deliveryId: id, action, status });
    if (action !== 'failed' && action !== 'delivered') return;
    await this.work.asWorker(async (tx) => {
      const found = await tx.findOneBy(Delivery, { id, channel: 'mail' });
      if (!found) return reportOn(tx, id, { action, status, at: this.clock.now() });
      const notice = await lockNotice(tx, found.noticeId);
      const delivery = notice && (await tx.findOneBy(Delivery, { id }));
      if (!notice || !delivery) return;
      const at = this.clock.now();
      if (action === 'failed') await comeBack(tx, notice, delivery, { at, status });
      else if (delivery.state === 'told') await prove(tx, notice, delivery, { at, proof: 'report' });
    });
  }
}

interface Return {
  readonly at: Date;
  readonly status: string | null;
}

/** The mail came back. What had been a receipt is none, and the next channel begins at once. */
async function comeBack(tx: Tx, notice: Notice, delivery: Delivery, { at, status }: Return): Promise<void> {
  const { id, event, channel, proof, receiptAt, state } = delivery;
  if (state === 'waiting') return giveUp(tx, notice, delivery, { at, failure: 'bounced' });
  if (state === 'told') {
    await tx.update(Delivery, { id }, { state: 'failed', failure: 'bounced' });
    const dims = { event, channel, attempts: delivery.attempts, failure: 'bounced', reported: status };
    await append(tx, entryOf(notice, { kind: 'delivery.failed', actor: 'service', at, dims }));
    return;
  }
  if (state !== 'delivered' || !receiptAt) return;
  await tx.update(Delivery, { id }, { state: 'voided', voidedAt: at, failure: 'bounced' });
  const dims = { event, channel, proof, receiptAt: receiptAt.toISOString(), reported: status };
  await append(tx, entryOf(notice, { kind: 'delivery.receipt-voided', actor: 'service', at, dims }));
  if (event === 'notice.sent') await withdrawProof(tx, notice, delivery, at);
  else await tellOtherwise(tx, notice, { ...delivery, receiptAt }, at);
}

/** The clock ran from this mail unless another proof came before it; then nothing but the mail's own record changes. */
async function withdrawProof(tx: Tx, notice: Notice, { receiptAt }: Delivery, at: Date): Promise<void> {
  const ranFrom = notice.receiptChannel === 'mail' && notice.receivedAt?.getTime() === receiptAt?.getTime();
  if (!ranFrom) return;
  const rows = await ofEvent(tx, notice.id, 'notice.sent', null);
  const isNoneLeft = await voidReceipt(tx, notice.id, { at, standing: earliest(rows) });
  if (isNoneLeft) await goOn(tx, rows);
}

/** What was let go because of a receipt that was none is taken up again where it was left. */
async function goOn(tx: Tx, rows: readonly Delivery[]): Promise<void> {
  const left = rows.filter(({ state, position }) => state === 'cancelled' && position !== BESIDE);
  for (const { id } of left) await tx.update(Delivery, { id }, { state: 'waiting', endedAt: null, begunAt: null });
  const [next] = left;
  if (next) await addTask(tx, taskOf(next));
}

/** The first receipt that stands, of whatever is a receipt. */
function earliest(rows: readonly Delivery[]): { readonly at: Date; readonly channel: ReceiptChannel } | null {
  const [first] = rows
    .flatMap(({ state, receiptAt: since, channel }) =>
      state === 'delivered' && since && channel !== 'pager' ? [{ at: since, channel }] : [],
    )
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  return first ?? null;
}

type Received = Omit<Delivery, 'receiptAt'> & { readonly receiptAt: Date };

async function tellOtherwise(tx: Tx, notice: Notice, delivery: Received, at: Date): Promise<void> {
  const { event, subjectId, receiptAt } = delivery;
  const rows = await ofEvent(tx, notice.id, event, subjectId);
  if (event === 'notice.clarified' && subjectId) {
    const standing = earliest(rows)?.at ?? null;
    await voidClarification(tx, notice, { at, obstacleId: subjectId, receiptAt, standing });
  }
  if (rows.some(({ id, state }) => id !== delivery.id && (state === 'delivered' || state === 'waiting'))) return;
  await goOn(tx, rows);
  if (await planRest(tx, notice, { event, subject: subjectId, at }))
    await addTask(tx, { ...taskOf(delivery), deliveryId: null });
}
