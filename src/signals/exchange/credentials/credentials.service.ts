import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import { isAvailable } from '../../../domain/permissions';
import type { OrganisationKind } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { append } from '../../../ledger/append';
import { isWritable } from '../../store/list-access';
import { openScope } from '../core/scope';
import { HAS_USERNAME, VERBS_OF, hashSecret, newSecrets, type ExchangeProtocol, type ExchangeVerb } from './credential';
import type { CreateExchangeCredentialDto, ExchangeCredentialView, NewExchangeCredentialView } from './credentials.dto';

const TWO_YEARS_MS = 2 * 366 * 24 * 60 * 60 * 1000;

interface Row {
  readonly id: string;
  readonly protocol: ExchangeProtocol;
  readonly name: string;
  readonly lists: string[];
  readonly verbs: ExchangeVerb[];
  readonly submit_to: string | null;
  readonly username: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

const toView = (row: Row): ExchangeCredentialView => ({
  id: row.id,
  protocol: row.protocol,
  name: row.name,
  lists: row.lists,
  verbs: row.verbs,
  submitTo: row.submit_to,
  username: row.username,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

/** Credentials of programs that exchange hashes for an organisation. */
@Injectable()
export class ExchangeCredentials {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** The secrets are in this answer and nowhere else: their hashes are kept, and a repeat does not show them again. */
  issue(actor: Actor, dto: CreateExchangeCredentialDto): Promise<NewExchangeCredentialView> {
    const at = this.clock.now();
    if (!actor.personId) throw new DomainError('auth.not-permitted');
    assertExpiry(dto.expiresAt, at);
    const verbs = dto.verbs ?? ['fetch'];
    assertVerbs(actor.organisationKind, dto, verbs);
    const secrets = newSecrets(dto.protocol, verbs);
    const issue = async (tx: Tx): Promise<NewExchangeCredentialView> => {
      await assertLists(tx, dto.lists);
      if (dto.submitTo !== undefined) await assertSubmitTo(tx, dto.submitTo);
      const row = await insert(tx, actor, dto, verbs, at);
      await insertSecrets(tx, row.id, secrets);
      await openScope(tx, { id: row.id, actor, wanted: dto.lists }, dto.lists, at);
      await append(tx, {
        kind: 'exchange.credential-issued',
        actor,
        at,
        subjects: { exchangeCredential: row.id },
        dims: { protocol: dto.protocol, verbs, lists: dto.lists },
        internal: { name: dto.name, expiresAt: dto.expiresAt.toISOString() },
        audience: [actor.organisationId],
      });
      return { ...toView(row), secrets };
    };
    return this.work.run(actor, issue, { redact: (answer) => ({ ...answer, secrets: null }) });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<ExchangeCredentialView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows: Row[] = await tx.query(
        `select * from exchange_credential where $1::timestamptz is null or (created_at, id) < ($1, $2::uuid)
         order by created_at desc, id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.created_at, id: row.id }), toView);
    });
  }

  /** At once: the next request with it is refused. Revoking one that is revoked changes nothing. */
  revoke(actor: Actor, id: string): Promise<ExchangeCredentialView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const [row]: Row[] = await tx.query('select * from exchange_credential where id = $1 for update', [id]);
      if (!row) throw new DomainError('request.not-found');
      if (row.revoked_at) return toView(row);
      await tx.query('update exchange_credential set revoked_at = $2 where id = $1', [id, at]);
      await append(tx, {
        kind: 'exchange.credential-revoked',
        actor,
        at,
        subjects: { exchangeCredential: id },
        dims: { protocol: row.protocol },
        audience: [actor.organisationId],
      });
      return toView({ ...row, revoked_at: at });
    });
  }
}

function assertExpiry(expiresAt: Date, at: Date): void {
  const lifeMs = expiresAt.getTime() - at.getTime();
  if (lifeMs > 0 && lifeMs <= TWO_YEARS_MS) return;
  const detail = 'must lie ahead, by two years at most';
  throw new DomainError('request.invalid', {}, [{ pointer: '/expiresAt', detail }]);
}

function assertVerbs(kind: OrganisationKind, dto: CreateExchangeCredentialDto, verbs: readonly ExchangeVerb[]): void {
  const faults = [
    ...verbs
      .filter((verb) => !VERBS_OF[dto.protocol].includes(verb))
      .map((verb) => ({ pointer: '/verbs', detail: `${dto.protocol} does not ${verb}` })),
    ...(verbs.includes('submit') && !isAvailable('signal.contribute', kind)
      ? [{ pointer: '/verbs', detail: 'this organisation does not contribute' }]
      : []),
    ...(verbs.includes('feedback') && !isAvailable('match.decide', kind)
      ? [{ pointer: '/verbs', detail: 'this organisation does not decide about matches' }]
      : []),
    ...(verbs.includes('submit') !== (dto.submitTo !== undefined)
      ? [{ pointer: '/submitTo', detail: 'is needed with the verb submit, and only with it' }]
      : []),
  ];
  if (faults.length > 0) throw new DomainError('exchange.protocol-verb', {}, faults);
}

async function assertLists(tx: Tx, lists: readonly string[]): Promise<void> {
  const rows: { id: string; tlp: string }[] = await tx.query(
    'select id, tlp from signal_list where id = any ($1::uuid[]) and id = any ((select readable_lists())::uuid[])',
    [lists],
  );
  const tlpOf = new Map(rows.map(({ id, tlp }) => [id, tlp]));
  const pointersWhere = (test: (tlp: string | undefined) => boolean, detail: string) =>
    lists.flatMap((id, index) => (test(tlpOf.get(id)) ? [{ pointer: `/lists/${index}`, detail }] : []));
  const unknown = pointersWhere((tlp) => tlp === undefined, 'there is no such list, or it is not yours to see');
  if (unknown.length > 0) throw new DomainError('request.not-found', {}, unknown);
  const red = pointersWhere((tlp) => tlp === 'red', 'this list is marked TLP:RED');
  if (red.length > 0) throw new DomainError('exchange.list-not-exportable', {}, red);
}

async function assertSubmitTo(tx: Tx, list: string): Promise<void> {
  if (await isWritable(tx, list)) return;
  const detail = 'there is no such list, or it is not yours to add to';
  throw new DomainError('request.not-found', {}, [{ pointer: '/submitTo', detail }]);
}

async function insert(
  tx: Tx,
  actor: Actor,
  dto: CreateExchangeCredentialDto,
  verbs: readonly ExchangeVerb[],
  at: Date,
): Promise<Row> {
  const id = uuidv7();
  // Not the organisation's name: a user name is seen in a proxy's log.
  const username = HAS_USERNAME[dto.protocol] ? `${dto.protocol}-${id.slice(-12)}` : null;
  const [row]: Row[] = await tx.query(
    `insert into exchange_credential (id, organisation_id, protocol, name, lists, submit_to, verbs, username, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning *`,
    [
      id,
      actor.organisationId,
      dto.protocol,
      dto.name,
      dto.lists,
      dto.submitTo ?? null,
      verbs,
      username,
      actor.personId,
      at,
      dto.expiresAt,
    ],
  );
  if (!row) throw new Error('nothing was inserted');
  return row;
}

async function insertSecrets(tx: Tx, id: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  await tx.query(
    'insert into exchange_secret (credential_id, purpose, hash) select $1, p, h from unnest($2::text[], $3::bytea[]) as s(p, h)',
    [id, Object.keys(secrets), Object.values(secrets).map(hashSecret)],
  );
}
