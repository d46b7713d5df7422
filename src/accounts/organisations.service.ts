import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { ROLES_OF_KIND } from '../domain/permissions';
import type { OrganisationKind } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { formatCursor, parseCursor, type Page } from '../infra/http/paging';
import { assertVersion } from '../infra/http/versions';
import { append } from '../ledger/append';
import type {
  ConfirmPlatformDto,
  EnrolPersonDto,
  OrganisationView,
  PersonView,
  RegisterOrganisationDto,
} from './accounts.dto';
import { Organisation } from './accounts.entity';
import type { OrganisationQuery } from './organisation.query';
import { hashPassword } from './password';

interface OrganisationRow extends Omit<OrganisationView, 'platformSize'> {
  readonly platform_size: OrganisationView['platformSize'];
  readonly created_at: Date;
}

const SELECT = `select o.id, o.name, o.slug, o.kind, o.country, o.competences, o.platform_size, o.status, o.version, o.created_at,
  coalesce((select array_agg(h.host order by h.host) from platform_host h where h.organisation_id = o.id), '{}') as hosts
  from organisation o`;

const toView = (row: OrganisationRow): OrganisationView => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  kind: row.kind,
  country: row.country,
  competences: row.competences,
  platformSize: row.platform_size,
  status: row.status,
  hosts: row.hosts,
  version: row.version,
});

@Injectable()
export class Organisations {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** The directory of those who take part, newest first. */
  async list(actor: Actor, query: OrganisationQuery): Promise<Page<OrganisationView>> {
    const after = parseCursor(query.cursor);
    const rows = await this.work.read(actor, (tx) =>
      tx.query<OrganisationRow[]>(
        `${SELECT} where ($1::text is null or o.kind = $1)
           and ($2::text is null or exists (select 1 from platform_host h where h.organisation_id = o.id and h.host = $2))
           and ($3::text is null or strpos(lower(o.name), lower($3)) > 0 or o.slug = lower($3))
           and ($4::timestamptz is null or (o.created_at, o.id) < ($4, $5::uuid))
         order by o.created_at desc, o.id desc limit $6`,
        [
          query.kind ?? null,
          query.host?.toLowerCase() ?? null,
          query.q ?? null,
          after?.at ?? null,
          after?.id ?? null,
          query.limit + 1,
        ],
      ),
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const next = rows.length > query.limit && last ? formatCursor({ at: last.created_at, id: last.id }) : null;
    return { items: shown.map(toView), next };
  }

  get(actor: Actor, id: string): Promise<OrganisationView> {
    return this.work.read(actor, (tx) => this.find(tx, id));
  }

  /** Admits an organisation with its first person. Operator only. */
  async register(actor: Actor, dto: RegisterOrganisationDto): Promise<OrganisationView> {
    const at = this.clock.now();
    const password = dto.admin.password ? await hashPassword(dto.admin.password) : null;
    return this.work.run(actor, async (tx) => {
      const id = uuidv7();
      await this.assertFree(tx, dto);
      await tx.insert(Organisation, {
        id,
        kind: dto.kind,
        name: dto.name,
        slug: dto.slug,
        country: dto.country ?? null,
        competences: dto.competences ?? [],
        platformSize: dto.platformSize ?? null,
      });
      for (const host of dto.hosts ?? []) {
        await tx.query('insert into platform_host (host, organisation_id, confirmed_at) values ($1, $2, $3)', [
          host,
          id,
          at,
        ]);
      }
      await append(tx, {
        kind: 'organisation.registered',
        actor,
        at,
        subjects: { organisation: id },
        dims: { kind: dto.kind, country: dto.country ?? null, platformSize: dto.platformSize ?? null },
        shared: { name: dto.name, slug: dto.slug, competences: dto.competences ?? [], hosts: dto.hosts ?? [] },
        audience: [actor.organisationId, id],
      });
      await this.admit(tx, { actor, at, organisationId: id, kind: dto.kind, dto: dto.admin, password });
      return this.find(tx, id);
    });
  }

  people(actor: Actor): Promise<PersonView[]> {
    return this.work.read(actor, (tx) =>
      tx.query<PersonView[]>(
        `select p.id, p.email, p.display_name as "displayName", m.office, m.roles from membership m join person p on p.id = m.person_id
         where m.organisation_id = $1 and m.ended_at is null order by m.created_at, p.id`,
        [actor.organisationId],
      ),
    );
  }

  /** Brings a person into one's own organisation; somebody who has a login elsewhere keeps it. */
  async enrol(actor: Actor, dto: EnrolPersonDto): Promise<PersonView> {
    const at = this.clock.now();
    const password = dto.password ? await hashPassword(dto.password) : null;
    return this.work.run(actor, async (tx) => {
      const { organisationId, organisationKind: kind } = actor;
      const id = await this.admit(tx, { actor, at, organisationId, kind, dto, password });
      return {
        id,
        email: dto.email.toLowerCase(),
        displayName: dto.displayName,
        office: dto.office ?? null,
        roles: dto.roles,
      };
    });
  }

  /** A person has found out who is behind a host: the platform may now be sent notices. */
  async confirm(actor: Actor, id: string, dto: ConfirmPlatformDto): Promise<OrganisationView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const before = await this.find(tx, id);
      assertVersion(before.version, dto.version);
      const [row] = await tx.query<{ confirmed: boolean }[]>('select confirm_platform($1, $2, $3, $4) as confirmed', [
        id,
        dto.name,
        dto.platformSize ?? null,
        dto.country ?? null,
      ]);
      if (!row?.confirmed) throw new DomainError('platform.not-provisional', { status: before.status });
      await append(tx, {
        kind: 'platform.confirmed',
        actor,
        at,
        subjects: { organisation: id },
        dims: { platformSize: dto.platformSize ?? null },
        shared: { name: dto.name },
        internal: { note: dto.note },
        audience: [actor.organisationId, id],
      });
      return this.find(tx, id);
    });
  }

  private async find(tx: Tx, id: string): Promise<OrganisationView> {
    const [row] = await tx.query<OrganisationRow[]>(`${SELECT} where o.id = $1`, [id]);
    if (!row) throw new DomainError('request.not-found');
    return toView(row);
  }

  private async assertFree(tx: Tx, dto: RegisterOrganisationDto): Promise<void> {
    const slugs = await tx.query<unknown[]>('select 1 from organisation where slug = $1', [dto.slug]);
    if (slugs.length > 0) throw new DomainError('organisation.exists', {}, [{ pointer: '/slug', detail: 'taken' }]);
    const hosts = await tx.query<{ host: string }[]>('select host from platform_host where host = any($1)', [
      dto.hosts ?? [],
    ]);
    if (hosts.length > 0) {
      throw new DomainError('organisation.exists', {}, [
        { pointer: '/hosts', detail: `taken: ${hosts.map((h) => h.host).join(', ')}` },
      ]);
    }
  }

  private async admit(tx: Tx, admission: Admission): Promise<string> {
    const { actor, at, organisationId, kind, dto, password } = admission;
    const foreign = dto.roles.filter((role) => !ROLES_OF_KIND[kind].includes(role));
    if (foreign.length > 0) {
      throw new DomainError('request.invalid', {}, [
        { pointer: '/roles', detail: `not roles of this kind of organisation: ${foreign.join(', ')}` },
      ]);
    }
    const [enrolled] = await tx.query<{ id: string }[]>('select enrol_person($1, $2, $3) as id', [
      uuidv7(),
      dto.email,
      dto.displayName,
    ]);
    const personId = enrolled?.id ?? '';
    const joined = await tx.query<unknown[]>(
      `insert into membership (organisation_id, person_id, roles, office, created_at) values ($1, $2, $3, $4, $5)
       on conflict do nothing returning person_id`,
      [organisationId, personId, dto.roles, dto.office ?? null, at],
    );
    if (joined.length === 0) throw new DomainError('person.member-already');
    const [known] = await tx.query<{ known: boolean }[]>('select has_password($1) as known', [personId]);
    if (!known?.known) {
      if (!password)
        throw new DomainError('request.invalid', {}, [{ pointer: '/password', detail: 'needed for a new person' }]);
      await tx.query('select set_password($1, $2)', [personId, password]);
    }
    await append(tx, {
      kind: 'person.joined',
      actor,
      at,
      subjects: { person: personId, organisation: organisationId },
      internal: { roles: dto.roles, office: dto.office ?? null },
      audience: [actor.organisationId, organisationId],
    });
    return personId;
  }
}

interface Admission {
  readonly actor: Actor;
  readonly at: Date;
  readonly organisationId: string;
  readonly kind: OrganisationKind;
  readonly dto: EnrolPersonDto;
  readonly password: string | null;
}
