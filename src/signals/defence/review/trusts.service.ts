import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { AVAILABLE_TO } from '../../../domain/permissions';
import { limitsOf, quotaDay, startingLevel } from '../../../domain/signal-trust';
import type { OrganisationKind, TrustLevel } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Cursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { append } from '../../../ledger/append';
import type { SetTrustDto, TrustView } from './defence.dto';

interface TrustRow {
  readonly id: string;
  readonly name: string;
  readonly kind: OrganisationKind;
  readonly created_at: Date;
  readonly level: TrustLevel | null;
  readonly daily_quota: number | null;
  readonly hourly_flood: number | null;
  readonly note: string | null;
  readonly changed_at: Date | null;
  readonly used_today: number;
}

/** How far each contributor of hashes is trusted. */
@Injectable()
export class Trusts {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, query: PageQuery): Promise<Page<TrustView>> {
    const after = parseCursor(query.cursor);
    const at = this.clock.now();
    return this.work.read(actor, async (tx) => {
      const rows = await find(tx, at, { after, limit: query.limit + 1 });
      return pageOf(rows, query.limit, (row) => ({ at: row.created_at, id: row.id }), toView);
    });
  }

  async set(actor: Actor, dto: SetTrustDto): Promise<TrustView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const [before] = await find(tx, at, { id: dto.organisationId, limit: 1 });
      if (!before)
        throw new DomainError('request.invalid', {}, [
          { pointer: '/organisationId', detail: 'no organisation of this id contributes hashes' },
        ]);
      await tx.query(
        `insert into signal_trust (organisation_id, level, daily_quota, hourly_flood, note, changed_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (organisation_id) do update set level = excluded.level, daily_quota = excluded.daily_quota, hourly_flood = excluded.hourly_flood,
           note = excluded.note, changed_at = excluded.changed_at`,
        [dto.organisationId, dto.level, dto.dailyQuota ?? null, dto.hourlyFlood ?? null, dto.note, at],
      );
      const [row] = await find(tx, at, { id: dto.organisationId, limit: 1 });
      const view = toView(row ?? before);
      await append(tx, {
        kind: 'signal-trust.changed',
        actor,
        at,
        subjects: { organisation: dto.organisationId },
        dims: {
          level: dto.level,
          was: toView(before).level,
          dailyQuota: view.dailyQuota,
          hourlyFlood: view.hourlyFlood,
        },
        internal: { note: dto.note },
        audience: [dto.organisationId],
      });
      return view;
    });
  }
}

function find(
  tx: Tx,
  at: Date,
  filter: { readonly id?: string; readonly after?: Cursor | null; readonly limit: number },
): Promise<TrustRow[]> {
  return tx.query(
    `select o.id, o.name, o.kind, o.created_at, t.level, t.daily_quota, t.hourly_flood, t.note, t.changed_at,
       (select coalesce(sum(u.contributed), 0)::int from signal_usage u where u.organisation_id = o.id and u.minute >= $2) as used_today
     from organisation o left join signal_trust t on t.organisation_id = o.id
     where o.kind = any($1) and ($3::uuid is null or o.id = $3) and ($4::timestamptz is null or (o.created_at, o.id) < ($4, $5::uuid))
     order by o.created_at desc, o.id desc limit $6`,
    [
      AVAILABLE_TO['signal.contribute'],
      quotaDay(at),
      filter.id ?? null,
      filter.after?.at ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
}

function toView(row: TrustRow): TrustView {
  const level = row.level ?? startingLevel(row.kind);
  const limits = limitsOf({ level, dailyQuota: row.daily_quota, hourlyFlood: row.hourly_flood });
  return {
    organisation: { id: row.id, name: row.name, kind: row.kind },
    level,
    ...limits,
    usedToday: row.used_today,
    changedAt: row.changed_at?.toISOString() ?? null,
    note: row.note,
  };
}
