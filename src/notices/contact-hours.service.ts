import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { faultOf, type StaffedHours } from '../domain/staffed-hours';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor } from '../infra/database/work';
import { append } from '../ledger/append';
import type { ContactHoursDto, ContactHoursView } from './course.dto';

/** When somebody is at an organisation's contact point: the target of a referral counts these hours alone. */
@Injectable()
export class ContactHours {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  read(actor: Actor): Promise<ContactHoursView> {
    return this.work.read(actor, async (tx) => {
      const [row] = await tx.query<{ hours: StaffedHours; changed_at: Date }[]>(
        `select hours, changed_at from contact_hours where organisation_id = $1`,
        [actor.organisationId],
      );
      return { hours: row ? shown(row.hours) : null, changedAt: row?.changed_at.toISOString() ?? null };
    });
  }

  /** Concerns clocks that start later: one that runs keeps the hours that it started with. */
  declare(actor: Actor, dto: ContactHoursDto): Promise<ContactHoursView> {
    const hours = { timeZone: dto.timeZone, shifts: dto.shifts.map(({ day, from, to }) => ({ day, from, to })) };
    const fault = faultOf(hours);
    if (fault !== null) throw new DomainError('contact.hours-invalid', { fault });
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      await tx.query(
        `insert into contact_hours (organisation_id, hours, changed_at) values ($1, $2, $3)
         on conflict (organisation_id) do update set hours = excluded.hours, changed_at = excluded.changed_at`,
        [actor.organisationId, JSON.stringify(hours), at],
      );
      await append(tx, {
        kind: 'contact.hours-changed',
        actor,
        at,
        subjects: {},
        dims: { timeZone: hours.timeZone, shifts: hours.shifts.map(({ day, from, to }) => `${day} ${from}-${to}`) },
        audience: [],
      });
      return { hours, changedAt: at.toISOString() };
    });
  }
}

const shown = ({ timeZone, shifts }: StaffedHours): ContactHoursView['hours'] => ({ timeZone, shifts: [...shifts] });
