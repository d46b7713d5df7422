import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import { append } from '../../ledger/append';
import type { CopyLifeThreatDto, LifeThreatView, ReportLifeThreatDto } from './life-threat.dto';
import { LIFE_THREATS, lifeThreatOf, toView, type LifeThreatRow } from './life-threat.queries';
import { reportLifeThreat } from './reporting';

/** Imminent threats to life, TCO Art. 14(5): reported by platforms, taken in hand by people of authorities. */
@Injectable()
export class LifeThreats {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  report(actor: Actor, dto: ReportLifeThreatDto): Promise<LifeThreatView> {
    return this.work.run(actor, (tx) => reportLifeThreat(tx, actor, dto, this.clock.now()));
  }

  /** What one's own organisation reported or was told, newest first. */
  list(actor: Actor, { limit, cursor }: PageQuery): Promise<Page<LifeThreatView>> {
    const after = parseCursor(cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<LifeThreatRow[]>(
        `${LIFE_THREATS} where ($1::timestamptz is null or (t.reported_at, t.id) < ($1, $2::uuid))
         order by t.reported_at desc, t.id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, limit + 1],
      );
      return pageOf(rows, limit, ({ reportedAt, id }) => ({ at: reportedAt, id }), toView);
    });
  }

  get(actor: Actor, id: string): Promise<LifeThreatView> {
    return this.work.read(actor, (tx) => lifeThreatOf(tx, id));
  }

  /** A person has it in hand: nobody else of their organisation is called any more, and the platform sees who it is with. */
  take(actor: Actor, id: string): Promise<LifeThreatView> {
    if (actor.personId === null || actor.via === 'api-key') throw new DomainError('auth.not-permitted');
    return this.work.run(actor, async (tx) => {
      const { organisationId, personId } = actor;
      const [told] = await tx.query<{ told_at: Date; platform_id: string; acknowledged_at: Date | null }[]>(
        `select told_at, platform_id, acknowledged_at from life_threat_recipient where report_id = $1 and organisation_id = $2`,
        [id, organisationId],
      );
      if (!told) throw new DomainError('request.not-found');
      const at = this.clock.now();
      const [, changed] = await tx.query<[unknown[], number]>(
        `update life_threat_recipient set acknowledged_at = $3, acknowledged_by = $4
         where report_id = $1 and organisation_id = $2 and acknowledged_at is null`,
        [id, organisationId, at, personId],
      );
      if (changed === 0) throw new DomainError('life-threat.taken');
      // What the figures take: from the report to a person of an authority, in milliseconds.
      const dims = { toldAt: told.told_at.toISOString(), msToAuthority: at.getTime() - told.told_at.getTime() };
      const audience = await partiesOf(tx, id);
      await append(tx, { kind: 'life-threat.acknowledged', actor, at, subjects: { report: id }, dims, audience });
      return lifeThreatOf(tx, id);
    });
  }

  /** States how Europol was sent its copy, where that was not possible here. */
  copied(actor: Actor, id: string, { note }: CopyLifeThreatDto): Promise<LifeThreatView> {
    return this.work.run(actor, async (tx) => {
      const before = await lifeThreatOf(tx, id);
      const at = this.clock.now();
      const [, changed] = await tx.query<[unknown[], number]>(
        `update life_threat set copy_channel = 'other', copy_note = $2, copied_at = $3 where id = $1 and copy_channel = 'outstanding'`,
        [id, note, at],
      );
      if (changed === 0) throw new DomainError('life-threat.copied', { channel: before.europolCopy.channel });
      const audience = await partiesOf(tx, id);
      const dims = { channel: 'other' };
      const entry = { kind: 'life-threat.copied', actor, at, subjects: { report: id }, dims } as const;
      await append(tx, { ...entry, shared: { note }, audience });
      return lifeThreatOf(tx, id);
    });
  }
}

async function partiesOf(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select organisation_id as id from life_threat where id = $1
     union select organisation_id from life_threat_recipient where report_id = $1
     union select copy_organisation_id from life_threat where id = $1 and copy_organisation_id is not null`,
    [id],
  );
  return rows.map((row) => row.id);
}
