import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { DomainError } from '../../../domain/errors';
import type { Permission } from '../../../domain/permissions';
import { ClockSource } from '../../../infra/clock-source';
import { SCOPE_KEY } from '../../../infra/database/scope';
import { Work } from '../../../infra/database/work';
import {
  hashSecret,
  isSecret,
  type Bearer,
  type CredentialRow,
  type ExchangeProtocol,
  type ExchangeVerb,
} from './credential';
import { issueTicket, subjectOf } from './ticket';

/** Tickets of a form login. Clients log in anew before every page; a revoked credential ends at once all the same. */
const TICKET_SECONDS = 15 * 60;
const ISSUER = 'clepsydra:exchange:tat';

const PERMISSIONS: Readonly<Record<ExchangeVerb, readonly Permission[]>> = {
  fetch: ['signal.fetch', 'signal.query'],
  submit: ['signal.contribute'],
  feedback: ['match.decide', 'signal.query'],
};

interface By {
  readonly hash?: Buffer;
  readonly username?: string;
  readonly id?: string;
}

/** Recognises a program by what its protocol shows. Nothing is cached: what is revoked ends at the next request. */
@Injectable()
export class ExchangeLogin {
  private readonly ticketKey: Buffer;

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(SCOPE_KEY) scopeKey: Buffer,
  ) {
    // Every node has the scope key; what is signed with this one is good for nothing else.
    this.ticketKey = createHmac('sha256', scopeKey).update(ISSUER).digest();
  }

  async byToken(token: string): Promise<Bearer> {
    return this.bearer(await this.find('feed', { hash: hashSecret(token) }));
  }

  /** Two keys in two headers: that of the subscription and that of the endpoint. */
  async byKeys(subscription: string, functionKey: string, verb: ExchangeVerb): Promise<Bearer> {
    const row = await this.find('stopncii', { hash: hashSecret(subscription) });
    const isSubscription = isSecret(subscription, row?.secrets?.subscriptionKey);
    const isFunction = isSecret(functionKey, row?.secrets?.[`${verb}Key`]);
    return this.bearer(isSubscription && isFunction ? row : undefined);
  }

  async byPassword(protocol: ExchangeProtocol, username: string, password: string): Promise<Bearer> {
    const row = await this.find(protocol, { username });
    return this.bearer(isSecret(password, row?.secrets?.password) ? row : undefined);
  }

  /** What a form login answers with: a JWT that names the credential, good for a quarter of an hour. */
  ticket(bearer: Bearer): string {
    return issueTicket(this.ticketKey, ISSUER, bearer.id, this.seconds(), TICKET_SECONDS);
  }

  async byTicket(ticket: string): Promise<Bearer> {
    const subject = subjectOf(this.ticketKey, ISSUER, ticket, this.seconds());
    return this.bearer(subject === undefined ? undefined : await this.find('tat', { id: subject }));
  }

  private async find(protocol: ExchangeProtocol, by: By): Promise<CredentialRow | undefined> {
    const [row] = await this.work.unscoped((tx) =>
      tx.query<CredentialRow[]>('select * from exchange_login($1, $2, $3, $4)', [
        protocol,
        by.hash ?? null,
        by.username ?? null,
        by.id ?? null,
      ]),
    );
    return row;
  }

  private async bearer(row: CredentialRow | undefined): Promise<Bearer> {
    const now = this.clock.now();
    if (!row || row.expires_at.getTime() <= now.getTime()) throw new DomainError('exchange.credential-refused');
    await this.work.unscoped((tx) => tx.query('select exchange_used($1, $2)', [row.id, now]));
    return {
      id: row.id,
      name: row.name,
      wanted: row.lists,
      submitTo: row.submit_to,
      verbs: row.verbs,
      actor: {
        organisationId: row.organisation_id,
        organisationKind: row.organisation_kind,
        personId: null,
        via: 'api-key',
        name: row.name,
        office: null,
        permissions: new Set(row.verbs.flatMap((verb) => PERMISSIONS[verb])),
      },
    };
  }

  private seconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}
