import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import type { ClaimState } from '../../../domain/providers';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../../infra/http/paging';
import { append } from '../../../ledger/append';
import { Organisation } from '../../accounts.entity';
import { personOf } from '../providers.service';
import type { ClaimView, ConfirmClaimDto, Proof, RefuseClaimDto } from './claims.dto';

/** In which the first person has to come in. */
const ACCEPT_WITHIN_MS = 14 * 86_400_000;
const COLUMNS = `id, host, platform_id, state, name, admin_email, admin_name, asked_at, expires_at, proven_at, proof, decided_at, reason`;

interface Row {
  readonly id: string;
  readonly host: string;
  readonly platform_id: string | null;
  readonly state: ClaimState;
  readonly name: string;
  readonly admin_email: string;
  readonly admin_name: string;
  readonly asked_at: Date;
  readonly expires_at: Date;
  readonly proven_at: Date | null;
  readonly proof: Proof | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
}

const toView = (row: Row): ClaimView => ({
  id: row.id,
  host: row.host,
  platformId: row.platform_id,
  state: row.state,
  name: row.name,
  adminEmail: row.admin_email,
  adminName: row.admin_name,
  askedAt: row.asked_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  provenAt: row.proven_at?.toISOString() ?? null,
  proof: row.proof,
  decidedAt: row.decided_at?.toISOString() ?? null,
  reason: row.reason,
});

/** What the operator decides about those who say that a host is theirs. */
@Injectable()
export class Claims {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, query: PageQuery): Promise<Page<ClaimView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<Row[]>(
        `select ${COLUMNS} from provider_claim where ($1::timestamptz is null or (asked_at, id) < ($1, $2::uuid))
         order by asked_at desc, id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, (row) => ({ at: row.asked_at, id: row.id }), toView);
    });
  }

  /**
   * Gives the platform of the host to those who proved that the host is theirs; makes one where nobody had come across it. A
   * platform that has people, or was given away already, is not given again.
   */
  confirm(actor: Actor, id: string, dto: ConfirmClaimDto): Promise<ClaimView> {
    const personId = personOf(actor);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const claim = await lockClaim(tx, id);
      if (claim.state !== 'proven') throw new DomainError('provider-claim.state', { state: claim.state });
      const platformId = await platformFor(tx, claim, dto, at);
      await tx.query(
        `update provider_claim set state = 'confirmed', platform_id = $2, decided_at = $3, decided_by = $4, expires_at = $5 where id = $1`,
        [id, platformId, at, personId, new Date(at.getTime() + ACCEPT_WITHIN_MS)],
      );
      await append(tx, {
        kind: 'provider.claim-confirmed',
        actor,
        at,
        subjects: { claim: id, organisation: platformId },
        dims: { proof: claim.proof },
        shared: { host: claim.host, name: claim.name },
        internal: { note: dto.note },
        audience: [actor.organisationId, platformId],
      });
      return toView(await findClaim(tx, id));
    });
  }

  /** Also one that was confirmed, as long as nobody has come in by it: the platform is free again then. */
  refuse(actor: Actor, id: string, { reason }: RefuseClaimDto): Promise<ClaimView> {
    const personId = personOf(actor);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const { state } = await lockClaim(tx, id);
      if (state === 'accepted' || state === 'refused') throw new DomainError('provider-claim.state', { state });
      await tx.query(
        `update provider_claim set state = 'refused', decided_at = $2, decided_by = $3, reason = $4 where id = $1`,
        [id, at, personId, reason],
      );
      const audience = [actor.organisationId];
      await append(tx, { kind: 'provider.claim-refused', actor, at, subjects: { claim: id }, internal: { reason }, audience }); // prettier-ignore
      return toView(await findClaim(tx, id));
    });
  }
}

async function findClaim(tx: Tx, id: string, lock = ''): Promise<Row> {
  const [row] = await tx.query<Row[]>(`select ${COLUMNS} from provider_claim where id = $1 ${lock}`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

const lockClaim = (tx: Tx, id: string): Promise<Row> => findClaim(tx, id, 'for update');

/** The platform that has the host; made where there is none. Locked, so that of two claims one wins. */
async function platformFor(tx: Tx, claim: Row, dto: ConfirmClaimDto, at: Date): Promise<string> {
  // Where nobody has the host yet there is no row to lock, and both would make a platform.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('provider claim of ' || $1, 0))`, [claim.host]);
  const [known] = await tx.query<{ id: string; is_same: boolean }[]>(
    `select h.organisation_id as id, h.host = $1 as is_same from platform_host h
     where h.host = $1 or right($1, length(h.host) + 1) = '.' || h.host order by length(h.host) desc limit 1`,
    [claim.host],
  );
  // A name below a platform's may be one of its users'.
  if (known && !known.is_same && known.id !== dto.platformId) {
    throw new DomainError('provider-claim.host-above', { platformId: known.id });
  }
  if (known && dto.platformId && known.id !== dto.platformId) throw new DomainError('provider.claimed');
  const id = known?.id ?? dto.platformId ?? (await makePlatform(tx, claim, dto));
  const [platform] = await tx.query<{ kind: string; status: string; is_claimed: boolean }[]>(
    'select kind, status, provider_is_claimed(id) as is_claimed from organisation where id = $1 for update',
    [id],
  );
  if (platform?.kind !== 'platform') throw new DomainError('request.not-found');
  if (platform.is_claimed) throw new DomainError('provider.claimed');
  const values = [id, claim.name, dto.platformSize ?? null, dto.country ?? null];
  if (platform.status === 'provisional') await tx.query('select confirm_platform($1, $2, $3, $4)', values);
  await tx.query(
    'insert into platform_host (host, organisation_id, confirmed_at) values ($1, $2, $3) on conflict do nothing',
    [claim.host, id, at],
  );
  return id;
}

async function makePlatform(tx: Tx, { host, name }: Row, { platformSize, country }: ConfirmClaimDto): Promise<string> {
  const id = uuidv7();
  await tx.insert(Organisation, {
    id,
    kind: 'platform',
    name,
    // A short name has 63 characters; the id ends one that a long host would begin alike with another.
    slug: host.length <= 63 ? host : `${host.slice(0, 50).replace(/[.-]+$/, '')}-${id.slice(-12)}`,
    country: country ?? null,
    platformSize: platformSize ?? null,
  });
  return id;
}
