import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../domain/canonical';
import { DomainError } from '../../domain/errors';
import { reviewedBefore } from '../../domain/signal-lifecycle';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import type { EntryBodyView } from '../../ledger/ledger.dto';
import type { SignalQuery, SignalView } from './contribution.dto';
import type { SignalHistoryEntry } from './lifecycle.dto';
import { requireSignal, SELECT_SIGNAL, toView, type SignalRow } from './signal-view';

interface HistoryRow {
  readonly id: string;
  readonly seq: string | null;
  readonly kind: string;
  readonly at: Date;
  readonly organisation_id: string | null;
  readonly bytes: Buffer;
  readonly shared: string | null;
  readonly shared_salt: Buffer | null;
  readonly internal: string | null;
  readonly internal_salt: Buffer | null;
}

@Injectable()
export class SignalReading {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  get(actor: Actor, id: string): Promise<SignalView> {
    return this.work.read(actor, (tx) => requireSignal(tx, id));
  }

  /** Newest first, by id: ids carry their time. */
  list(actor: Actor, query: SignalQuery): Promise<Page<SignalView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const parameters: unknown[] = [];
      const given = (value: unknown): string => `$${parameters.push(value)}`;
      const conditions = this.conditionsOf(actor, query, given);
      if (after) conditions.push(`s.id < ${given(after.id)}`);
      const rows = await tx.query<SignalRow[]>(
        `${SELECT_SIGNAL} where ${conditions.join(' and ') || 'true'} order by s.id desc limit ${given(query.limit + 1)}`,
        parameters,
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.created_at, id: row.id }), toView);
    });
  }

  /** What the ledger says of it to the asker, oldest last. */
  history(actor: Actor, id: string, query: PageQuery): Promise<Page<SignalHistoryEntry>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      await requireSignal(tx, id);
      const rows = await tx.query<HistoryRow[]>(HISTORY, [id, after?.at ?? null, after?.id ?? null, query.limit + 1]);
      return pageOf(rows, query.limit, (row) => ({ at: row.at, id: row.id }), toEntry);
    });
  }

  private conditionsOf(actor: Actor, query: SignalQuery, given: (value: unknown) => string): string[] {
    const conditions: string[] = [];
    const stands = `c.signal_id = s.id and c.state = 'standing'`;
    if (query.type) conditions.push(`s.type = ${given(query.type)}`);
    if (query.list) {
      conditions.push(
        `exists (select 1 from signal_contribution c where ${stands} and c.list_id = ${given(query.list)})`,
      );
    }
    if (query.reviewDue === 'true') {
      const [own, before] = [given(actor.organisationId), given(reviewedBefore(this.clock.now()))];
      conditions.push(
        `exists (select 1 from signal_contribution c where ${stands} and c.organisation_id = ${own} and coalesce(c.reviewed_at, c.contributed_at) <= ${before})`,
      );
    }
    if (query.state) conditions.push(`signal_state(s.id) = ${given(query.state)}`);
    return conditions;
  }
}

const HISTORY = `
  select e.id, l.seq, e.kind, e.at, e.organisation_id, e.bytes, sh.body as shared, sh.salt as shared_salt, i.body as internal, i.salt as internal_salt
  from signal_change ch join ledger_entry e on e.id = ch.entry_id
    left join ledger_leaf l on l.entry_id = e.id
    left join ledger_body sh on sh.entry_id = e.id and sh.part = 'shared'
    left join ledger_body i on i.entry_id = e.id and i.part = 'internal'
  where ch.signal_id = $1 and ($2::timestamptz is null or (e.at, e.id) < ($2, $3::uuid))
  order by e.at desc, e.id desc limit $4`;

function toEntry(row: HistoryRow): SignalHistoryEntry {
  const { dims } = JSON.parse(row.bytes.toString('utf8')) as { dims: Record<string, unknown> };
  return {
    id: row.id,
    seq: row.seq === null ? null : Number(row.seq),
    kind: row.kind,
    at: row.at.toISOString(),
    organisationId: row.organisation_id,
    dims,
    shared: bodyOf(row.shared, row.shared_salt),
    internal: bodyOf(row.internal, row.internal_salt),
  };
}

function bodyOf(text: string | null, salt: Buffer | null): EntryBodyView | null {
  if (text === null || salt === null) return null;
  return { body: JSON.parse(text) as JsonObject, salt: salt.toString('hex') };
}

/** @throws DomainError `signal.nobody-behind` unless somebody whom the asker sees stands behind the signal */
export function assertStands(view: SignalView): void {
  if (view.state === 'withdrawn') throw new DomainError('signal.nobody-behind', { signalId: view.id });
}
