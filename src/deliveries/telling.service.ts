import { Injectable, type OnModuleInit } from '@nestjs/common';
import { parseEntry } from '../domain/ledger-entry';
import { ClockSource } from '../infra/clock-source';
import { Work } from '../infra/database/work';
import { addJob, addJobIn, JobRegistry, type JobHandler } from '../infra/jobs/jobs';
import { log } from '../infra/log';
import { TELL } from '../signals/telling';
import { countCall, passCircuit } from './circuit';
import { WebhookEndpoint } from './deliveries.entity';
import { WebhookChannel } from './webhook-channel';

const MINUTE_MS = 60_000;
/** Between one attempt and the next. After the last the entry is where it always was: in the feed. */
const AGAIN_AFTER_MS = [1, 5, 30, 120, 480].map((minutes) => minutes * MINUTE_MS);
/** While another call tries an endpoint that had been left alone. */
const LEAST_WAIT_MS = 1_000;

interface Call {
  readonly entryId: string;
  readonly endpointId: string;
  /** Of the endpoint. */
  readonly organisationId: string;
  /** 0 for the first. */
  readonly attempt: number;
}

/**
 * Tells an entry about hashes to the webhooks of those who are concerned, but not to whoever did it. A message names the entry
 * and says no more than its immutable part: ids and categories. Who wants the texts reads them, as far as they are its to read.
 */
@Injectable()
export class Telling implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly jobs: JobRegistry,
    private readonly channel: WebhookChannel,
    private readonly clock: ClockSource,
  ) {}

  onModuleInit(): void {
    const tell: JobHandler = async ({ entryId, endpointId, organisationId, attempt = '0' }, signal) => {
      if (entryId === undefined) return;
      if (endpointId === undefined || organisationId === undefined) await this.spread(entryId);
      else await this.call({ entryId, endpointId, organisationId, attempt: Number(attempt) }, signal);
    };
    this.jobs.register(TELL, tell, { pace: 'urgent' });
  }

  /** A job for each endpoint. */
  private async spread(entryId: string): Promise<void> {
    await this.work.asWorker(async (tx) => {
      const rows = await tx.query<{ endpointId: string; organisationId: string }[]>(
        `select c.endpoint_id as "endpointId", c.organisation_id as "organisationId" from ledger_entry e join contact_point c on c.organisation_id = any (e.audience)
         where e.id = $1 and c.organisation_id is distinct from e.organisation_id and c.channel = 'webhook'
           and c.removed_at is null and c.confirmed_at is not null`,
        [entryId],
      );
      for (const { endpointId, organisationId } of rows) {
        const call = { entryId, endpointId, organisationId };
        await addJob(tx, TELL, call, placeOf(call));
      }
    });
  }

  private async call({ entryId, endpointId, organisationId, attempt }: Call, signal: AbortSignal): Promise<void> {
    const call = { entryId, endpointId, organisationId };
    const ready = await this.work.asWorker(async (tx) => {
      const closedUntil = await passCircuit(tx, endpointId, this.clock.now());
      if (closedUntil) {
        const delayMs = Math.max(closedUntil.getTime() - this.clock.now().getTime(), LEAST_WAIT_MS);
        await addJobIn(tx, delayMs, TELL, { ...call, attempt: `${attempt}` }, placeOf(call));
        return null;
      }
      return {
        endpoint: await tx.findOneBy(WebhookEndpoint, { id: endpointId }),
        body: messageOf(await tx.query<{ bytes: Buffer }[]>('select bytes from ledger_entry where id = $1', [entryId])),
      };
    });
    if (!ready) return;
    const { kind } = await this.channel.send({ id: entryId, body: ready.body }, ready, signal);
    await this.work.asWorker((tx) => countCall(tx, endpointId, kind === 'receipt', this.clock.now()));
    log.info({ event: 'telling.attempted', entryId, attempt, outcome: kind });
    const delayMs = kind === 'failed' ? AGAIN_AFTER_MS[attempt] : undefined;
    if (delayMs === undefined) return;
    const again = { ...call, attempt: `${attempt + 1}` };
    await this.work.asWorker((tx) => addJobIn(tx, delayMs, TELL, again, placeOf(call)));
  }
}

/** The calls of one organisation, repeated ones too, take turns: whoever answers slowly has one worker and not all. */
const placeOf = ({ entryId, endpointId, organisationId }: Omit<Call, 'attempt'>): { key: string; queue: string } => ({
  key: `${TELL}:${entryId}:${endpointId}`,
  queue: `${TELL}:${organisationId}`,
});

function messageOf([row]: readonly { readonly bytes: Buffer }[]): string {
  if (!row) throw new Error('an entry that was appended is not there');
  const { id, kind, at, org, subjects, dims } = parseEntry(row.bytes);
  return JSON.stringify({ type: kind, timestamp: at, data: { entryId: id, organisationId: org, subjects, dims } });
}
