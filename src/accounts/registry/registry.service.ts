import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { isMemberState } from '../../domain/union';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { formatCursor, parseCursor, type Page } from '../../infra/http/paging';
import { assertVersion } from '../../infra/http/versions';
import { append } from '../../ledger/append';
import type {
  AuthorityQuery,
  AuthorityView,
  ChangeAuthorityDto,
  RegisterAuthorityDto,
  RemoveAuthorityDto,
} from './registry.dto';
import { AUTHORITY_COLUMNS, toView, type AuthorityRow } from './registry.queries';

/** The register of authorities: published, kept by the operator from public sources, and asked before an order is sent. */
@Injectable()
export class Registry {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Last confirmed first. For everybody. */
  list(query: AuthorityQuery): Promise<Page<AuthorityView>> {
    const after = parseCursor(query.cursor);
    return this.work.unscoped(async (tx) => {
      const rows = await tx.query<AuthorityRow[]>(
        `select ${AUTHORITY_COLUMNS} from authority_entry where removed_at is null
           and ($1::text is null or country = $1) and ($2::text is null or $2 = any (competences))
           and ($3::text is null or strpos(lower(name), lower($3)) > 0)
           and ($4::timestamptz is null or (confirmed_at, id) < ($4, $5::uuid))
         order by confirmed_at desc, id desc limit $6`,
        [
          query.country ?? null,
          query.competence ?? null,
          query.q ?? null,
          after?.at ?? null,
          after?.id ?? null,
          query.limit + 1,
        ],
      );
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      const next = rows.length > query.limit && last ? formatCursor({ at: last.confirmed_at, id: last.id }) : null;
      return { items: shown.map(toView), next };
    });
  }

  get(id: string): Promise<AuthorityView> {
    return this.work.unscoped(async (tx) => toView(await find(tx, id)));
  }

  /** Operator only. */
  register(actor: Actor, dto: RegisterAuthorityDto): Promise<AuthorityView> {
    assertMayHave(dto);
    const at = this.clock.now();
    const id = uuidv7();
    return this.work.run(actor, async (tx) => {
      await assertNotEntered(tx, dto.organisationId);
      await tx.query(
        `insert into authority_entry (id, organisation_id, name, country, competences, contact_point, telephone, languages,
           source_url, source_date, confirmed_by, confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [id, dto.organisationId ?? null, ...valuesOf(dto), personOf(actor), at],
      );
      await note(tx, actor, at, 'authority.registered', id, dto);
      return toView(await find(tx, id));
    });
  }

  /** States the entry anew, after it was compared with its source. Its organisation stays: another body is another entry. */
  change(actor: Actor, id: string, dto: ChangeAuthorityDto): Promise<AuthorityView> {
    assertMayHave(dto);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const before = await find(tx, id, 'for update');
      assertVersion(before.version, dto.version);
      if (dto.organisationId !== undefined && dto.organisationId !== before.organisation_id) {
        throw new DomainError('request.invalid', {}, [{ pointer: '/organisationId', detail: 'cannot be changed' }]);
      }
      await tx.query(
        `update authority_entry set name = $2, country = $3, competences = $4, contact_point = $5, telephone = $6, languages = $7,
           source_url = $8, source_date = $9, confirmed_by = $10, confirmed_at = $11, version = version + 1 where id = $1`,
        [id, ...valuesOf(dto), personOf(actor), at],
      );
      await note(tx, actor, at, 'authority.changed', id, {
        ...dto,
        organisationId: before.organisation_id ?? undefined,
      });
      return toView(await find(tx, id));
    });
  }

  /** From here on it cannot order. */
  remove(actor: Actor, id: string, { reason }: RemoveAuthorityDto): Promise<AuthorityView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const before = await find(tx, id, 'for update');
      await tx.query('update authority_entry set removed_at = $2, version = version + 1 where id = $1', [id, at]);
      await append(tx, {
        kind: 'authority.removed',
        actor,
        at,
        subjects: { authority: id, organisation: before.organisation_id ?? undefined },
        dims: { country: before.country },
        shared: { reason },
        audience: audienceOf(actor, before.organisation_id),
      });
      return toView(before);
    });
  }
}

/** Art. 12(1) binds Member States: nobody else has any of these competences. */
function assertMayHave({ country, competences }: RegisterAuthorityDto): void {
  if (competences.length > 0 && !isMemberState(country)) {
    throw new DomainError('authority.not-a-member-state', { country }, [
      { pointer: '/competences', detail: 'must be empty for a country outside the Union' },
    ]);
  }
}

async function assertNotEntered(tx: Tx, organisationId: string | undefined): Promise<void> {
  if (organisationId === undefined) return;
  const [organisation] = await tx.query<{ kind: string }[]>('select kind from organisation where id = $1', [
    organisationId,
  ]);
  if (organisation?.kind !== 'authority') {
    throw new DomainError('request.invalid', {}, [{ pointer: '/organisationId', detail: 'not an authority here' }]);
  }
  const entered = await tx.query<unknown[]>(
    'select 1 from authority_entry where organisation_id = $1 and removed_at is null',
    [organisationId],
  );
  if (entered.length > 0) throw new DomainError('authority.exists');
}

async function find(tx: Tx, id: string, lock = ''): Promise<AuthorityRow> {
  const [row] = await tx.query<AuthorityRow[]>(
    `select ${AUTHORITY_COLUMNS} from authority_entry where id = $1 and removed_at is null ${lock}`,
    [id],
  );
  if (!row) throw new DomainError('request.not-found');
  return row;
}

const valuesOf = (dto: RegisterAuthorityDto): unknown[] => [
  dto.name,
  dto.country,
  dto.competences,
  dto.contactPoint,
  dto.telephone,
  dto.languages ?? [],
  dto.sourceUrl,
  dto.sourceDate,
];

/** A register that others rely on is kept by people. */
function personOf(actor: Actor): string {
  if (!actor.personId) throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
  return actor.personId;
}

const audienceOf = (actor: Actor, organisationId: string | null | undefined): string[] => [
  actor.organisationId,
  ...(organisationId ? [organisationId] : []),
];

async function note(
  tx: Tx,
  actor: Actor,
  at: Date,
  kind: LedgerKind,
  id: string,
  dto: RegisterAuthorityDto,
): Promise<void> {
  const { organisationId, country, competences, name, contactPoint, telephone, sourceUrl, sourceDate } = dto;
  await append(tx, {
    kind,
    actor,
    at,
    subjects: { authority: id, organisation: organisationId },
    dims: { country, competences },
    shared: { name, contactPoint, telephone, sourceUrl, sourceDate },
    audience: audienceOf(actor, organisationId),
  });
}
