import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../../domain/errors';
import type { ClaimState } from '../../../domain/providers';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Tx } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import { hashPassword } from '../../password';
import { hashToken } from '../../token';
import { ClaimProof, dnsNameOf, fileAddressOf, makeClaimToken } from './claim-proof';
import type { AcceptClaimDto, AskClaimDto, ClaimProgressView, NewClaimView, ProveClaimDto } from './claims.dto';

const CLAIM_FOR_MS = 7 * 86_400_000;
const MOST_TRIES = 10;
/** Somebody else's claims must not keep the owner from making one; so few that nobody has a host looked at all day. */
const MOST_WAITING = 20;

interface Row {
  readonly id: string;
  readonly host: string;
  readonly state: ClaimState;
  readonly token: string;
  readonly tries: number;
  readonly expires_at: Date;
}

/** What somebody without a login does who says that a host is theirs. Done as the worker: there is no organisation yet to act for. */
@Injectable()
export class Claiming {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly proof: ClaimProof,
  ) {}

  /** The answer is the same for a host that is known here and for one that is not. */
  async ask(dto: AskClaimDto): Promise<NewClaimView> {
    const at = this.clock.now();
    const expiresAt = new Date(at.getTime() + CLAIM_FOR_MS);
    const [id, token, secret] = [uuidv7(), makeClaimToken(), randomBytes(32).toString('base64url')];
    await this.work.asWorker(async (tx) => {
      const waiting = await tx.query<unknown[]>(
        `select 1 from provider_claim where host = $1 and state in ('asked', 'proven') and expires_at > $2`,
        [dto.host, at],
      );
      if (waiting.length >= MOST_WAITING) throw new DomainError('provider-claim.too-many');
      await tx.query(
        `insert into provider_claim (id, host, name, admin_email, admin_name, token, secret_hash, asked_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [id, dto.host, dto.name, dto.adminEmail.toLowerCase(), dto.adminName, token, hashToken(secret), at, expiresAt],
      );
      await append(tx, {
        kind: 'provider.claim-asked',
        actor: 'service',
        at,
        subjects: { claim: id },
        shared: { host: dto.host, name: dto.name },
        audience: await operatorsOf(tx),
      });
    });
    const { host } = dto;
    const places = { fileAddress: fileAddressOf(host), dnsName: dnsNameOf(host) };
    return { id, host, token, ...places, secret, expiresAt: expiresAt.toISOString() };
  }

  /**
   * Looks for the token now. The call to the host is made between two transactions.
   * @throws DomainError `provider-claim.unproven`, `provider-claim.state`, `request.not-found` also for a wrong secret
   */
  async prove(id: string, { secret, proof }: ProveClaimDto): Promise<ClaimProgressView> {
    const at = this.clock.now();
    const { host, token } = await this.work.asWorker(async (tx) => {
      const row = await lockClaim(tx, id, secret);
      if (row.state !== 'asked' || row.expires_at <= at) throw stateOf(row);
      if (row.tries >= MOST_TRIES) throw new DomainError('provider-claim.unproven', { triesLeft: 0 });
      await tx.query('update provider_claim set tries = tries + 1 where id = $1', [id]);
      return row;
    });
    const isThere = await this.proof.holds(host, token, proof);
    if (!isThere) throw new DomainError('provider-claim.unproven', { proof });
    return this.work.asWorker(async (tx) => {
      const row = await lockClaim(tx, id, secret);
      if (row.state !== 'asked') throw stateOf(row);
      await tx.query(`update provider_claim set state = 'proven', proven_at = $2, proof = $3 where id = $1`, [
        id,
        at,
        proof,
      ]);
      const audience = await operatorsOf(tx);
      await append(tx, { kind: 'provider.claim-proven', actor: 'service', at, subjects: { claim: id }, dims: { proof }, audience }); // prettier-ignore
      return progressOf({ ...row, state: 'proven' });
    });
  }

  /** The first person comes in, once the operator has confirmed. */
  async accept(id: string, { secret, password }: AcceptClaimDto): Promise<ClaimProgressView> {
    const at = this.clock.now();
    const before = await this.work.asWorker((tx) => lockClaim(tx, id, secret));
    if (before.state !== 'confirmed' || before.expires_at <= at) throw stateOf(before);
    const hash = await hashPassword(password);
    return this.work.asWorker(async (tx) => {
      const [joined] = await tx.query<{ platform: string; person: string; is_new: boolean }[]>(
        'select * from accept_claim($1, $2, $3, $4, $5)',
        [id, hashToken(secret), uuidv7(), hash, at],
      );
      if (!joined) throw stateOf(before);
      const { platform, person, is_new: isNew } = joined;
      await append(tx, {
        kind: 'provider.claim-accepted',
        actor: 'service',
        at,
        subjects: { claim: id, organisation: platform, person },
        dims: { isNewPerson: isNew },
        audience: [platform, ...(await operatorsOf(tx))],
      });
      return progressOf({ ...before, state: 'accepted' });
    });
  }
}

const progressOf = ({ id, state, expires_at }: Pick<Row, 'id' | 'state' | 'expires_at'>): ClaimProgressView => ({
  id,
  state,
  expiresAt: expires_at.toISOString(),
});

/** Whoever has the secret may know how far it is. */
const stateOf = ({ state, expires_at }: Row): DomainError =>
  new DomainError('provider-claim.state', { state, expiresAt: expires_at.toISOString() });

async function lockClaim(tx: Tx, id: string, secret: string): Promise<Row> {
  const [row] = await tx.query<Row[]>(
    'select id, host, state, token, tries, expires_at from provider_claim where id = $1 and secret_hash = $2 for update',
    [id, hashToken(secret)],
  );
  if (!row) throw new DomainError('request.not-found');
  return row;
}

async function operatorsOf(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(`select id from organisation where kind = 'operator' order by id`);
  return rows.map(({ id }) => id);
}
