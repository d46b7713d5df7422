import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import { isAvailable } from '../../../domain/permissions';
import type { LedgerKind } from '../../../domain/ledger-kinds';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { CheckedConnector } from '../../../infra/egress/connector';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { Contributions } from '../../store/contributions.service';
import { SourceClosing } from './closing.service';
import { addSync } from './job';
import { note } from './source-entries';
import { insertSource } from './source-insert';
import { SOURCE_ADAPTERS, type SourceAdapters } from './source-adapters';
import { SourceSecrets } from './source-secrets';
import { lockSource, type SourceRow } from './source-row';
import { toView, type EndSourceDto, type SourceView, type SubscribeDto } from './source.dto';
import type { SourceCredential, SourceState } from './source';
import { assertFits } from './target-list';

const MOST_SOURCES = 50;

/** What an organisation takes hashes from. */
@Injectable()
export class ExchangeSources {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly connector: CheckedConnector,
    private readonly secrets: SourceSecrets,
    private readonly closing: SourceClosing,
    private readonly contributions: Contributions,
    @Inject(SOURCE_ADAPTERS) private readonly adapters: SourceAdapters,
  ) {}

  /** Begins to follow a source; the first reading begins at once. */
  async subscribe(actor: Actor, dto: SubscribeDto): Promise<SourceView> {
    assertMay(actor);
    const credential = credentialOf(dto);
    this.assertNeeded(dto, credential);
    await this.connector.requireCallable(dto.address);
    const id = uuidv7();
    const sealed = Object.keys(credential).length > 0 ? await this.secrets.seal(id, credential) : null;
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      await assertFits(tx, actor, dto.listId, dto.tlp);
      await assertRoom(tx);
      const row = await insertSource(tx, actor, {
        ...dto,
        id,
        at,
        sealed,
        state: 'active',
        intervalS: dto.intervalSeconds,
      });
      await note(tx, actor, row, 'exchange.subscribed', at, { tlp: row.tlp, list: row.list_id });
      await addSync(tx, actor.organisationId, id);
      return toView(row);
    });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<SourceView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows: SourceRow[] = await tx.query(
        `select * from exchange_source where $1::timestamptz is null or (created_at, id) < ($1, $2::uuid)
         order by created_at desc, id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.created_at, id: row.id }), toView);
    });
  }

  get(actor: Actor, id: string): Promise<SourceView> {
    return this.work.read(actor, async (tx) => {
      const [row]: SourceRow[] = await tx.query('select * from exchange_source where id = $1', [id]);
      if (!row) throw new DomainError('request.not-found');
      return toView(row);
    });
  }

  /** What was begun ends with its page. Pausing one that is paused changes nothing. */
  pause(actor: Actor, id: string): Promise<SourceView> {
    return this.move(actor, id, 'paused', 'exchange.paused');
  }

  /** Goes on where it stood. */
  resume(actor: Actor, id: string): Promise<SourceView> {
    return this.move(actor, id, 'active', 'exchange.resumed');
  }

  /** Has it read now, also where it waits after a failure. */
  run(actor: Actor, id: string): Promise<SourceView> {
    return this.work.run(actor, async (tx) => {
      const row = await lockFollowed(tx, id);
      if (row.state === 'paused') throw new DomainError('exchange.source-paused');
      await addSync(tx, actor.organisationId, id);
      return toView(row);
    });
  }

  /** Ends it, with what it brought or without. Its credential is forgotten at once. */
  async end(actor: Actor, id: string, { brought }: EndSourceDto): Promise<SourceView> {
    const at = this.clock.now();
    let touched: readonly string[] = [];
    const view = await this.work.run(actor, async (tx) => {
      const row = await lockSource(tx, id);
      if (row.state === 'ended') return toView(row);
      await tx.query(
        `update exchange_source set state = 'ended', ended_at = $2, next_run_at = null, credential_key_id = null, credential_wrapped = null,
           takes_back = $3 where id = $1`,
        [id, at, brought === 'retract'],
      );
      await note(tx, actor, row, 'exchange.ended', at, { brought });
      touched = await this.closing.close({ tx, actor, source: await lockSource(tx, id), at });
      return toView(await lockSource(tx, id));
    });
    await this.contributions.told(touched);
    return view;
  }

  private move(
    actor: Actor,
    id: string,
    state: SourceState & ('active' | 'paused'),
    kind: LedgerKind,
  ): Promise<SourceView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const row = await lockFollowed(tx, id);
      const isThere = state === 'paused' ? row.state === 'paused' : row.state !== 'paused';
      if (isThere) return toView(row);
      await tx.query('update exchange_source set state = $2, next_run_at = $3, failures = 0 where id = $1', [
        id,
        state,
        state === 'active' ? at : null,
      ]);
      if (state === 'active') await addSync(tx, actor.organisationId, id);
      await note(tx, actor, row, kind, at, {});
      return toView(await lockSource(tx, id));
    });
  }

  private assertNeeded({ protocol }: SubscribeDto, credential: SourceCredential): void {
    const { needs } = this.adapters[protocol];
    const given = Object.keys(credential).toSorted().join();
    if (needs.some((set) => set.toSorted().join() === given)) return;
    const wanted = needs.map((set) => (set.length === 0 ? 'nothing' : set.join(' and '))).join(', or ');
    throw new DomainError('request.invalid', {}, [{ pointer: '/credential', detail: `${protocol} takes ${wanted}` }]);
  }
}

function credentialOf({ credential: { token, username, password } }: SubscribeDto): SourceCredential {
  return {
    ...(token === undefined ? {} : { token }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Its hashes are contributions, and what it disputes becomes a dispute: for bodies that may do both. */
export function assertMay(actor: Actor): void {
  const { organisationKind: kind } = actor;
  if (actor.personId && isAvailable('signal.contribute', kind) && isAvailable('signal.opine', kind)) return;
  throw new DomainError('auth.not-permitted', { reason: 'a person of a body that contributes hashes has to do this' });
}

async function assertRoom(tx: Tx): Promise<void> {
  const [row] = await tx.query<{ count: number }[]>(
    `select count(*)::int as count from exchange_source where state in ('active', 'paused', 'failing')`,
  );
  if ((row?.count ?? 0) >= MOST_SOURCES) throw new DomainError('exchange.too-many-sources');
}

async function lockFollowed(tx: Tx, id: string): Promise<SourceRow> {
  const row = await lockSource(tx, id);
  if (row.state === 'ended') throw new DomainError('exchange.source-ended');
  if (row.protocol === 'csv') throw new DomainError('exchange.source-not-followed');
  return row;
}
