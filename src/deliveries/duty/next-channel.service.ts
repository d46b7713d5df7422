import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Channel } from '../../domain/vocabulary';
import { Work, type Tx } from '../../infra/database/work';
import { addJob, addJobIn, JobRegistry } from '../../infra/jobs/jobs';
import { Delivering } from '../delivering.service';
import { Delivery } from '../deliveries.entity';
import { BESIDE } from '../plan';

/** The task that takes a notice over one more channel, although another has proved its receipt. */
const NEXT_CHANNEL = 'next-channel';
/** Between one attempt and the next; people are called meanwhile. */
const AGAIN_AFTER_MS = [5_000, 30_000, 60_000] as const;

/**
 * Chooses the next channel of a notice's plan that was let go because an earlier one had proved receipt. An inbox and a feed call
 * nobody, so that going over them would change nothing.
 * @returns null where none is left
 */
export async function goOverNextChannel(tx: Tx, noticeId: string): Promise<Channel | null> {
  const [next] = await tx.query<{ id: string; channel: Channel }[]>(
    `select id, channel from delivery where notice_id = $1 and event = 'notice.sent' and state = 'cancelled' and position <> $2
       and channel in ('webhook', 'mail') and attempts = 0 order by position, id limit 1`,
    [noticeId, BESIDE],
  );
  if (!next) return null;
  await addJob(tx, NEXT_CHANNEL, { deliveryId: next.id, attempt: '0' }, { key: `${NEXT_CHANNEL}:${next.id}` });
  return next.channel;
}

@Injectable()
export class NextChannel implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly jobs: JobRegistry,
    private readonly delivering: Delivering,
  ) {}

  onModuleInit(): void {
    this.jobs.register(
      NEXT_CHANNEL,
      async ({ deliveryId, attempt = '0' }, signal) => {
        if (deliveryId) await this.send(deliveryId, Number(attempt), signal);
      },
      { pace: 'urgent' },
    );
  }

  private async send(deliveryId: string, attempt: number, signal: AbortSignal): Promise<void> {
    if (!(await this.work.asWorker((tx) => isAsked(tx, deliveryId)))) return;
    const outcome = await this.delivering.repeat(deliveryId, signal, { replay: false });
    if (outcome?.kind === 'told') {
      await this.work.asWorker((tx) => tx.update(Delivery, { id: deliveryId, state: 'cancelled' }, { state: 'told' }));
    }
    const delayMs = outcome?.kind === 'failed' ? AGAIN_AFTER_MS[attempt] : undefined;
    if (delayMs === undefined) return;
    const again = { deliveryId, attempt: `${attempt + 1}` };
    const key = `${NEXT_CHANNEL}:${deliveryId}`;
    await this.work.asWorker((tx) => addJobIn(tx, delayMs, NEXT_CHANNEL, again, { key }));
  }
}

/** Somebody may have taken the notice in hand, or its sender taken it back, since the channel was chosen. */
async function isAsked(tx: Tx, deliveryId: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `select 1 from delivery d join notice n on n.id = d.notice_id join clock c on c.notice_id = n.id
     where d.id = $1 and d.state = 'cancelled' and c.state = 'running'`,
    [deliveryId],
  );
  return rows.length > 0;
}
