import type { DutyView } from '../../src/deliveries/duty/duty.dto';
import type { PagerView } from '../../src/deliveries/pagers/pagers.dto';
import type { CastOrganisation, Person, World } from './app';
import type { PlatformSystem } from './platform-system';

/** Pagers of people, on a server that keeps what it was called with. */
export class PagedPeople {
  constructor(
    private readonly world: World,
    private readonly system: PlatformSystem,
  ) {}

  /** A pager of this person, or of nobody in particular, on a path of its own. */
  async give(admin: Person, personId: string | null, path: string): Promise<PagerView> {
    const settings = { url: this.system.url(path), token: 'tk' };
    const body = { kind: 'ntfy', label: path, settings, ...(personId ? { personId } : {}) };
    const answer = await admin.post<PagerView>('/v1/pagers', body);
    if (answer.status !== 201) throw new Error(`no pager: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** What an organisation's pagers were asked to say, by label and in order. */
  async pages({ id }: CastOrganisation): Promise<[label: string, text: string][]> {
    const { rows } = await this.world.sql.query<{ label: string; text: string }>(
      `select r.label, p.text from page p join pager r on r.id = p.pager_id where p.organisation_id = $1 order by p.created_at, p.id`,
      [id],
    );
    return rows.map(({ label, text }) => [label, text]);
  }
}

export async function enrol(admin: Person, personId: string, more: object = {}): Promise<DutyView> {
  const body = { personId, pageLanguage: 'en', failover: 0, shifts: [], ...more };
  const answer = await admin.post<DutyView>('/v1/duty/members', body);
  if (answer.status !== 201) throw new Error(`not enrolled: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export interface StepRow {
  readonly side: string;
  readonly step: string;
  readonly stale: boolean;
  readonly called: number;
  readonly channel: string | null;
}

/** The steps that were taken for a notice, in their order. */
export async function stepsOf(world: World, noticeId: string): Promise<StepRow[]> {
  const { rows } = await world.sql.query<StepRow>(
    `select e.side, s.step, s.stale, s.called, s.channel from escalation_step s join escalation e on e.id = s.escalation_id
     where e.notice_id = $1 order by s.due_at, e.side, s.step`,
    [noticeId],
  );
  return rows;
}
