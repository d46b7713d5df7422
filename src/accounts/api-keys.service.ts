import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { permissionsOf } from '../domain/permissions';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../infra/http/paging';
import { append } from '../ledger/append';
import type { ApiKeyView, CreateApiKeyDto, NewApiKeyView } from './accounts.dto';
import { ApiKey, Organisation } from './accounts.entity';
import { CredentialCache } from './credential-cache';
import { hashToken, makeToken } from './token';

const TWO_YEARS_MS = 2 * 366 * 24 * 60 * 60 * 1000;

const toView = (row: ApiKey): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  permissions: row.permissions,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

@Injectable()
export class ApiKeys {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly cache: CredentialCache,
  ) {}

  /** Makes a key. It is in this answer and nowhere else: we keep its hash, and a repeat of the request does not show it again. */
  async create(actor: Actor, dto: CreateApiKeyDto): Promise<NewApiKeyView> {
    const at = this.clock.now();
    const createdBy = actor.personId;
    if (!createdBy) throw new DomainError('auth.not-permitted');
    assertExpiry(dto.expiresAt, at);
    const key = makeToken('api-key');
    const create = async (tx: Tx): Promise<NewApiKeyView> => {
      await this.assertGrantable(tx, actor, dto);
      const row: ApiKey = {
        id: uuidv7(),
        organisationId: actor.organisationId,
        name: dto.name,
        prefix: key.slice(0, 10),
        tokenHash: hashToken(key),
        permissions: dto.permissions,
        createdBy,
        createdAt: at,
        expiresAt: dto.expiresAt,
        revokedAt: null,
      };
      await tx.insert(ApiKey, row);
      await append(tx, {
        kind: 'api-key.created',
        actor,
        at,
        subjects: { apiKey: row.id },
        internal: { name: row.name, permissions: row.permissions, expiresAt: row.expiresAt.toISOString() },
        audience: [actor.organisationId],
      });
      return { ...toView(row), key };
    };
    return this.work.run(actor, create, { redact: (answer) => ({ ...answer, key: null }) });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<ApiKeyView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx
        .createQueryBuilder(ApiKey, 'k')
        .where('k.organisationId = :org', { org: actor.organisationId })
        .andWhere(after ? '(k.createdAt, k.id) < (:at, :id)' : 'true', { ...after })
        .orderBy('k.createdAt', 'DESC')
        .addOrderBy('k.id', 'DESC')
        .limit(query.limit + 1)
        .getMany();
      return pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }), toView);
    });
  }

  async revoke(actor: Actor, id: string): Promise<ApiKeyView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      const row = await tx.findOneBy(ApiKey, { id, organisationId: actor.organisationId });
      if (!row) throw new DomainError('request.not-found');
      if (row.revokedAt) return toView(row);
      await tx.update(ApiKey, { id }, { revokedAt: at });
      await append(tx, {
        kind: 'api-key.revoked',
        actor,
        at,
        subjects: { apiKey: id },
        audience: [actor.organisationId],
      });
      return toView({ ...row, revokedAt: at });
    });
    this.cache.dropOrganisation(actor.organisationId);
    return view;
  }

  private async assertGrantable(tx: Tx, actor: Actor, dto: CreateApiKeyDto): Promise<void> {
    const organisation = await tx.findOneByOrFail(Organisation, { id: actor.organisationId });
    const offered = permissionsOf(['integration'], organisation.kind, organisation.competences);
    const beyond = dto.permissions.filter((permission) => !offered.has(permission));
    if (beyond.length === 0) return;
    throw new DomainError('request.invalid', {}, [
      { pointer: '/permissions', detail: `a key of this organisation cannot have ${beyond.join(', ')}` },
    ]);
  }
}

function assertExpiry(expiresAt: Date, at: Date): void {
  const lifeMs = expiresAt.getTime() - at.getTime();
  if (lifeMs > 0 && lifeMs <= TWO_YEARS_MS) return;
  throw new DomainError('request.invalid', {}, [
    { pointer: '/expiresAt', detail: 'must lie ahead, by two years at most' },
  ]);
}
