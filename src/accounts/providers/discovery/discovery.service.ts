import { Injectable, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { addJob, JobRegistry, slotOf } from '../../../infra/jobs/jobs';
import { log } from '../../../infra/log';
import { append } from '../../../ledger/append';
import { providerOf } from '../providers.queries';
import { personOf } from '../providers.service';
import { ContactFinder, type Reach } from './contact-finder';
import type { DiscoverDto, DiscoveryView } from './discovery.dto';
import type { Found } from './found';

export const DISCOVER = 'provider-discovery';
/** Between two searches for one platform by one organisation. */
const AGAIN_AFTER_MS = 10 * 60_000;
/** For everything together; a job that takes longer says what it had. */
const ALL_MS = 60_000;
const MOST_HOSTS = 3;

interface Row {
  readonly id: string;
  readonly platform_id: string;
  readonly organisation_id: string;
  readonly reach: Reach;
  readonly asked_at: Date;
  readonly ended_at: Date | null;
  readonly outcomes: DiscoveryView['outcomes'];
}

const toView = (row: Row): DiscoveryView => ({
  id: row.id,
  platformId: row.platform_id,
  reach: row.reach,
  askedAt: row.asked_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  outcomes: row.outcomes,
});

/** Looks for contacts of a provider when a person asks for it, and proposes what it found. */
@Injectable()
export class Discovery implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly finder: ContactFinder,
    private readonly jobs: JobRegistry,
  ) {}

  onModuleInit(): void {
    this.jobs.register(DISCOVER, ({ discoveryId }, signal) => {
      if (!discoveryId) throw new Error('a job without its discovery');
      return this.run(discoveryId, signal);
    });
  }

  ask(actor: Actor, platformId: string, { reach = 'registries' }: DiscoverDto): Promise<DiscoveryView> {
    const personId = personOf(actor);
    const at = this.clock.now();
    const id = uuidv7();
    return this.work.run(actor, async (tx) => {
      const { hosts } = await providerOf(tx, platformId);
      if (hosts.length === 0) throw new DomainError('provider.no-host');
      await assertNotRecent(tx, actor, platformId, at);
      await tx.query(
        `insert into provider_discovery (id, platform_id, organisation_id, asked_by, reach, asked_at) values ($1, $2, $3, $4, $5, $6)`,
        [id, platformId, actor.organisationId, personId, reach, at],
      );
      await append(tx, {
        kind: 'provider.discovery-asked',
        actor,
        at,
        subjects: { organisation: platformId, discovery: id },
        dims: { reach },
        audience: [actor.organisationId],
      });
      const queue = slotOf(DISCOVER, actor.organisationId, id);
      await addJob(tx, DISCOVER, { discoveryId: id }, { key: `${DISCOVER}:${id}`, queue, maxAttempts: 3 });
      return { id, platformId, reach, askedAt: at.toISOString(), endedAt: null, outcomes: null };
    });
  }

  last(actor: Actor, platformId: string): Promise<DiscoveryView> {
    return this.work.read(actor, async (tx) => {
      const [row] = await tx.query<Row[]>(
        `select * from provider_discovery where platform_id = $1 and organisation_id = $2 order by asked_at desc limit 1`,
        [platformId, actor.organisationId],
      );
      if (!row) throw new DomainError('request.not-found');
      return toView(row);
    });
  }

  /** May run twice: the second finds it ended. */
  private async run(id: string, signal: AbortSignal): Promise<void> {
    const { row, hosts } = await this.work.asWorker(async (tx) => ({
      row: await openRow(tx, id),
      hosts: await tx.query<{ host: string }[]>(
        `select h.host from provider_discovery d join platform_host h on h.organisation_id = d.platform_id where d.id = $1
         order by h.created_at, h.host limit $2`,
        [id, MOST_HOSTS],
      ),
    }));
    if (!row) return;
    const outcomes: Record<string, Record<string, string>> = {};
    const found: Found[] = [];
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ALL_MS)]);
    for (const { host } of hosts) {
      const search = await this.finder.find(host, row.reach, limit);
      outcomes[host] = search.outcomes;
      found.push(...search.found);
    }
    // A stop is no answer: another node, or this one when it is back, looks again.
    if (signal.aborted) throw new Error('stopped while looking for contacts');
    await this.work.asWorker((tx) => this.record(tx, id, found, outcomes));
  }

  private async record(
    tx: Tx,
    id: string,
    found: readonly Found[],
    outcomes: Record<string, Record<string, string>>,
  ): Promise<void> {
    const row = await openRow(tx, id);
    if (!row) return;
    const at = this.clock.now();
    const proposed = await propose(tx, row, found, at);
    await tx.query('update provider_discovery set ended_at = $2, outcomes = $3 where id = $1', [
      id,
      at,
      JSON.stringify(outcomes),
    ]);
    await append(tx, {
      kind: 'provider.contacts-found',
      actor: 'service',
      at,
      subjects: { organisation: row.platform_id, discovery: id },
      dims: { reach: row.reach, proposals: proposed },
      audience: [row.organisation_id],
    });
    log.info({ event: 'provider.discovered', discoveryId: id, proposals: proposed });
  }
}

async function openRow(tx: Tx, id: string): Promise<Row | undefined> {
  const [row] = await tx.query<Row[]>(
    'select * from provider_discovery where id = $1 and ended_at is null for update',
    [id],
  );
  return row;
}

/** What is proposed already, or was rejected by the same organisation, is not proposed again. */
async function propose(tx: Tx, row: Row, found: readonly Found[], at: Date): Promise<number> {
  let proposed = 0;
  for (const { source, sourceAddress, changes, note, expiresAt } of found) {
    const made = await tx.query<unknown[]>(
      `insert into provider_proposal (id, platform_id, organisation_id, source, source_address, changes, note, seen_at, expires_at)
       select $1::uuid, $2::uuid, $3::uuid, $4, $5, $6::jsonb, $7, $8::timestamptz, $9::timestamptz
       where not exists (select 1 from provider_proposal p where p.platform_id = $2 and p.organisation_id = $3 and p.source = $4
         and p.source_address = $5 and p.changes = $6::jsonb and p.state in ('open', 'rejected'))
       returning id`,
      [
        uuidv7(),
        row.platform_id,
        row.organisation_id,
        source,
        sourceAddress,
        JSON.stringify(changes),
        note,
        at,
        expiresAt,
      ],
    );
    proposed += made.length;
  }
  return proposed;
}

async function assertNotRecent(tx: Tx, actor: Actor, platformId: string, at: Date): Promise<void> {
  const [row] = await tx.query<{ asked_at: Date }[]>(
    `select asked_at from provider_discovery where platform_id = $1 and organisation_id = $2 and asked_at > $3 order by asked_at desc limit 1`,
    [platformId, actor.organisationId, new Date(at.getTime() - AGAIN_AFTER_MS)],
  );
  if (!row) return;
  const againAt = new Date(row.asked_at.getTime() + AGAIN_AFTER_MS).toISOString();
  throw new DomainError('provider.discovery-recent', { againAt });
}
