import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { LedgerFollow, type Following, type HeardEntry } from '../ledger/ledger-follow';
import { Authentication, type Recognised } from './authentication.service';
import { hashToken } from './token';

/** A credential is asked for again after this, whatever was heard in between. */
const LONGEST_MS = 5_000;
/** So long the one request waits that asks again; without an answer it goes by what was known. */
const PATIENCE_MS = 250;
/** And for so long after the last answer, when none comes: a database that is away lets no upload in unseen. */
const LONGEST_WITHOUT_DATABASE_MS = 10 * 60_000;
/** Recognised credentials at most: some 500 bytes each. */
const ROOM = 10_000;

/** Entries about what begins: they end no credential. */
const BEGINNINGS = ['session.opened', 'session.refused', 'api-key.created', 'platform.provisional'];

interface Kept {
  readonly recognised: Recognised;
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
  askAgainAt: number;
  /** Under way: asked once for all who come meanwhile. */
  asking?: Promise<Recognised>;
}

/**
 * Credentials that this node has just recognised, for routes marked `HotPath` and for nothing else: everywhere else a
 * revoked key or an ended membership ends at the next request.
 *
 * What such a route may answer to a credential that has ended: nothing on the node that ended it (dropped with the
 * commit), for about 150 ms on other nodes (the sequencer's 50 and the follower's 100), for 5 seconds when somebody ended
 * it by SQL without an entry, and for ten minutes at most while the database does not answer this node, which then cannot
 * be told. Its own expiry is looked at each time. Refusals are never kept, and tokens are kept as their SHA-256 alone.
 */
@Injectable()
export class CredentialCache implements OnApplicationBootstrap {
  private readonly kept = new Map<string, Kept>();
  /** Grows whenever something is dropped: what was asked before that is not kept. */
  private drops = 0;
  private following: Following | undefined;

  constructor(
    private readonly authentication: Authentication,
    private readonly ledger: LedgerFollow,
    private readonly clock: ClockSource,
  ) {}

  onApplicationBootstrap(): void {
    this.following = this.ledger.follow({
      name: 'credentials',
      about: ['api-key', 'session', 'person', 'organisation', 'platform'],
      hear: async ({ entries }) => entries.forEach((entry) => this.hear(entry)),
    });
  }

  get size(): number {
    return this.kept.size;
  }

  /** Throws what `Authentication.recognise` throws. Makes no call to the database for what it has just recognised. */
  async recognise(token: string): Promise<Recognised> {
    const name = hashToken(token).toString('base64');
    const kept = this.kept.get(name);
    const now = performance.now();
    if (!kept || kept.recognised.expiresAt <= this.clock.now() || kept.since + LONGEST_WITHOUT_DATABASE_MS < now) {
      return this.ask(name, token);
    }
    if (kept.askAgainAt > now) return kept.recognised;
    return this.askAgain(kept, name, token);
  }

  private async ask(name: string, token: string): Promise<Recognised> {
    const { drops } = this;
    const since = performance.now();
    try {
      const recognised = await this.authentication.recognise(token);
      // Before the ledger is followed, and when something ended while the database was asked, this one is not relied on.
      if (drops === this.drops && this.following?.through !== undefined) this.keep(name, recognised, since);
      return recognised;
    } catch (error) {
      if (error instanceof DomainError) this.kept.delete(name);
      throw error;
    }
  }

  private async askAgain(kept: Kept, name: string, token: string): Promise<Recognised> {
    const asking = (kept.asking ??= this.ask(name, token).finally(() => delete kept.asking));
    const answer = asking.catch((error: unknown) => {
      if (error instanceof DomainError) throw error;
      return undefined;
    });
    const known = await Promise.race([answer, sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (known) return known;
    // It was dropped in the meantime.
    if (this.kept.get(name) !== kept) return asking;
    kept.askAgainAt = performance.now() + LONGEST_MS;
    return kept.recognised;
  }

  /** Called after a commit on this node that ended a credential of the organisation. */
  dropOrganisation(organisationId: string): void {
    this.drops++;
    for (const [name, { recognised }] of this.kept) {
      if (recognised.actor.organisationId === organisationId) this.kept.delete(name);
    }
  }

  private dropAll(): void {
    this.drops++;
    this.kept.clear();
  }

  private keep(name: string, recognised: Recognised, since: number): void {
    this.kept.delete(name);
    // The one recognised longest ago makes room.
    const oldest = this.kept.size < ROOM ? undefined : this.kept.keys().next().value;
    if (oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(name, { recognised, since, askAgainAt: since + LONGEST_MS });
  }

  private hear({ kind, organisationId }: HeardEntry): void {
    if (BEGINNINGS.includes(kind)) return;
    // What happens to an organisation may be entered by the operator; a person may belong to several.
    const isOfOne = organisationId !== null && (kind.startsWith('session.') || kind.startsWith('api-key.'));
    if (isOfOne) this.dropOrganisation(organisationId);
    else this.dropAll();
  }
}
