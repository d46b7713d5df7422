import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { isRole, permissionsOf } from '../domain/permissions';
import type { OrganisationKind } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { append } from '../ledger/append';
import type { ChangePasswordDto, NewSessionView, OrganisationSummary, SessionView, SignInDto } from './accounts.dto';
import { Authentication } from './authentication.service';
import { CredentialCache } from './credential-cache';
import { hashPassword, verifyPassword } from './password';
import { hashToken, makeToken } from './token';

/** One shift and some hours of grace. */
const SESSION_MS = 12 * 60 * 60 * 1000;

/** Whose turn it is while nobody knows yet whose they are. */
const SIGNING_IN = 'signing in';

interface MembershipRow {
  readonly organisation_id: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: OrganisationKind;
  readonly roles: string[];
  readonly office: string | null;
  readonly display_name: string;
}

const toSummary = (row: MembershipRow): OrganisationSummary => ({
  id: row.organisation_id,
  name: row.name,
  slug: row.slug,
  kind: row.kind,
});

@Injectable()
export class Sessions {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly authentication: Authentication,
    private readonly cache: CredentialCache,
  ) {}

  /** Password login. The answer is the same, and as slow, whichever of the two was wrong. */
  async signIn(dto: SignInDto): Promise<NewSessionView> {
    const rows = await this.work.asWorkerFor(SIGNING_IN, (tx) =>
      tx.query<{ person_id: string; secret_hash: string }[]>('select * from auth_password($1)', [dto.email]),
    );
    const found = rows[0];
    const right = await verifyPassword(found?.secret_hash, dto.password);
    if (!found || !right) {
      // Not awaited: an answer that took longer would tell a known address from an unknown one.
      if (found) void this.recordRefusal(found.person_id);
      throw new DomainError('auth.bad-credentials');
    }
    const memberships = await this.memberships(found.person_id);
    const chosen = dto.organisationId
      ? memberships.find((m) => m.organisation_id === dto.organisationId)
      : memberships[0];
    if (!chosen) throw new DomainError('auth.bad-credentials');
    return this.open(found.person_id, chosen);
  }

  /** Somebody tries passwords of a person of ours: their organisations see it in their feed. */
  private async recordRefusal(personId: string): Promise<void> {
    try {
      const audience = (await this.memberships(personId)).map((m) => m.organisation_id);
      const at = this.clock.now();
      const subjects = { person: personId };
      await this.work.asWorkerFor(SIGNING_IN, (tx) =>
        append(tx, { kind: 'session.refused', actor: 'service', at, subjects, audience }),
      );
    } catch (error) {
      log.error({ event: 'session.refusal-not-recorded', err: error });
    }
  }

  private async open(personId: string, membership: MembershipRow): Promise<NewSessionView> {
    const at = this.clock.now();
    const expiresAt = new Date(at.getTime() + SESSION_MS);
    const token = makeToken('session');
    const actor: Actor = {
      organisationId: membership.organisation_id,
      organisationKind: membership.kind,
      personId,
      via: 'session',
      name: membership.display_name,
      office: membership.office,
      permissions: permissionsOf(membership.roles.filter(isRole), membership.kind, []),
    };
    await this.work.run(actor, async (tx) => {
      await tx.query(
        `insert into session (id, organisation_id, person_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
        [uuidv7(), actor.organisationId, personId, hashToken(token), at, expiresAt],
      );
      await append(tx, {
        kind: 'session.opened',
        actor,
        at,
        subjects: { person: personId },
        audience: [actor.organisationId],
      });
    });
    const recognised = await this.authentication.recognise(token);
    return { ...(await this.describe(recognised.actor)), token, expiresAt: expiresAt.toISOString() };
  }

  async describe(actor: Actor): Promise<SessionView> {
    const mine = actor.personId ? await this.memberships(actor.personId) : [];
    const organisation = mine.find((m) => m.organisation_id === actor.organisationId);
    return {
      person: actor.personId ? { id: actor.personId, displayName: actor.name, office: actor.office } : null,
      organisation: organisation ? toSummary(organisation) : await this.own(actor),
      organisations: mine.map(toSummary),
      permissions: [...actor.permissions],
    };
  }

  async close(actor: Actor, sessionId: string): Promise<void> {
    const at = this.clock.now();
    await this.work.run(actor, async (tx) => {
      await tx.query('update session set ended_at = $2 where id = $1 and ended_at is null', [sessionId, at]);
      await append(tx, { kind: 'session.closed', actor, at, subjects: {}, audience: [actor.organisationId] });
    });
    this.cache.dropOrganisation(actor.organisationId);
  }

  /** Acting for another of one's organisations is a login of its own, so that each token has one scope. */
  async switchTo(actor: Actor, organisationId: string): Promise<NewSessionView> {
    const mine = actor.personId ? await this.memberships(actor.personId) : [];
    const wanted = mine.find((m) => m.organisation_id === organisationId);
    if (!wanted || !actor.personId) throw new DomainError('request.not-found');
    return this.open(actor.personId, wanted);
  }

  async changePassword(actor: Actor, dto: ChangePasswordDto): Promise<void> {
    const { personId } = actor;
    if (!personId) throw new DomainError('auth.not-permitted');
    const [person] = await this.work.read(actor, (tx) =>
      tx.query<{ email: string }[]>('select email from person where id = $1', [personId]),
    );
    const [stored] = await this.work.asWorkerFor(actor.organisationId, (tx) =>
      tx.query<{ secret_hash: string }[]>('select secret_hash from auth_password($1)', [person?.email ?? '']),
    );
    if (!(await verifyPassword(stored?.secret_hash, dto.current))) throw new DomainError('auth.bad-credentials');
    const next = await hashPassword(dto.next);
    const at = this.clock.now();
    await this.work.run(actor, async (tx) => {
      await tx.query('select set_password($1, $2)', [personId, next]);
      await append(tx, {
        kind: 'person.password-changed',
        actor,
        at,
        subjects: { person: personId },
        audience: [actor.organisationId],
      });
    });
  }

  private memberships(personId: string): Promise<MembershipRow[]> {
    return this.work.asWorkerFor(SIGNING_IN, (tx) =>
      tx.query<MembershipRow[]>('select * from auth_memberships($1)', [personId]),
    );
  }

  private async own(actor: Actor): Promise<OrganisationSummary> {
    const read = (tx: Tx): Promise<OrganisationSummary[]> =>
      tx.query('select id, name, slug, kind from organisation where id = $1', [actor.organisationId]);
    const [row] = await this.work.read(actor, read);
    if (!row) throw new DomainError('auth.expired');
    return row;
  }
}
