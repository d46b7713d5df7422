import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../domain/canonical';
import { DomainError } from '../../domain/errors';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { TLP } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import { assertVersion } from '../../infra/http/versions';
import { append } from '../../ledger/append';
import { trustIn } from '../defence/standing';
import type { ChangeListDto, CreateListDto, SignalListView } from './list.dto';
import { listAudience, requireList, requireOwnList, SELECT_LIST, toListView, type ListRow } from './list.queries';

/** Lists of hashes: what they are for, who answers for them and who takes part. Who may read them is asked in the database. */
@Injectable()
export class SignalLists {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  async create(actor: Actor, dto: CreateListDto): Promise<SignalListView> {
    const id = uuidv7();
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const taken = await tx.query<unknown[]>('select 1 from signal_list where owner_id = $1 and slug = $2', [
        actor.organisationId,
        dto.slug,
      ]);
      if (taken.length > 0) throw new DomainError('signal-list.exists', { slug: dto.slug });
      if (dto.sharing === 'everyone') await assertKnown(tx, actor);
      await tx.query(
        `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, auto_action, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [id, dto.slug, dto.name, dto.purpose, actor.organisationId, dto.sharing, dto.tlp, dto.autoAction ?? false, at],
      );
      const row = await requireList(tx, id);
      await tell(tx, actor, at, 'signal-list.created', row, { name: dto.name, purpose: dto.purpose });
      return toListView(row);
    });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<SignalListView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<ListRow[]>(
        `${SELECT_LIST} where $1::timestamptz is null or (l.created_at, l.id) < ($1, $2::uuid) order by l.created_at desc, l.id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.created_at, id: row.id }), toListView);
    });
  }

  get(actor: Actor, id: string): Promise<SignalListView> {
    return this.work.read(actor, async (tx) => toListView(await requireList(tx, id)));
  }

  async change(actor: Actor, id: string, dto: ChangeListDto): Promise<SignalListView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      // A marking is changed when nobody is just giving something under the one before.
      const row = await lockOwn(tx, actor, id, dto.version, dto.tlp ? 'for update' : 'for no key update');
      if (dto.tlp && TLP.indexOf(dto.tlp) < TLP.indexOf(row.tlp)) await assertNobodyElseGave(tx, id);
      await tx.query(
        `update signal_list set name = $2, purpose = $3, tlp = $4, auto_action = $5, version = version + 1 where id = $1`,
        [id, dto.name ?? row.name, dto.purpose ?? row.purpose, dto.tlp ?? row.tlp, dto.autoAction ?? row.auto_action],
      );
      const changed = await requireList(tx, id);
      await tell(tx, actor, at, 'signal-list.changed', changed, { name: changed.name, purpose: changed.purpose });
      return toListView(changed);
    });
  }

  /** Takes nothing more. What stands on it goes on standing: closing a list must not open a gap for what it kept out. */
  async close(actor: Actor, id: string, version: number | undefined): Promise<SignalListView> {
    return this.work.run(actor, async (tx) => {
      const row = await lockOwn(tx, actor, id, version, 'for update');
      // After those who were contributing have ended: nothing on it is younger than its end.
      const at = this.clock.now();
      if (row.closed_at) throw new DomainError('signal-list.closed', { listId: id });
      await tx.query('update signal_list set closed_at = $2, version = version + 1 where id = $1', [id, at]);
      const closed = await requireList(tx, id);
      await tell(tx, actor, at, 'signal-list.closed', closed, undefined);
      return toListView(closed);
    });
  }
}

/** Everybody matches against such a list unless told otherwise: whoever has only come keeps lists for a group that asks for them. */
async function assertKnown(tx: Tx, actor: Actor): Promise<void> {
  if (actor.organisationKind === 'operator' || (await trustIn(tx, actor)).level !== 'new') return;
  throw new DomainError('signal-list.needs-trust');
}

/** `for update` waits for whoever is contributing to the list. */
async function lockOwn(
  tx: Tx,
  actor: Actor,
  id: string,
  version: number | undefined,
  lock: 'for update' | 'for no key update' = 'for no key update',
): Promise<ListRow> {
  await requireOwnList(tx, actor, id);
  await tx.query(`select 1 from signal_list where id = $1 ${lock}`, [id]);
  const row = await requireOwnList(tx, actor, id);
  assertVersion(row.version, version);
  return row;
}

/** What was given under a marking is not opened afterwards; its owner may loosen what it alone has filled. */
async function assertNobodyElseGave(tx: Tx, listId: string): Promise<void> {
  const [found] = await tx.query<{ given: boolean }[]>('select signal_list_given($1) as given', [listId]);
  if (found?.given) throw new DomainError('signal-list.given-stricter', { listId });
}

async function tell(
  tx: Tx,
  actor: Actor,
  at: Date,
  kind: LedgerKind,
  row: ListRow,
  shared: JsonObject | undefined,
): Promise<void> {
  await append(tx, {
    kind,
    actor,
    at,
    subjects: { list: row.id },
    dims: { sharing: row.sharing, tlp: row.tlp, autoAction: row.auto_action },
    ...(shared ? { shared } : {}),
    audience: listAudience(row),
  });
}
