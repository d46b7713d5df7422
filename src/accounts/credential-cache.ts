import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { LedgerFollow, type Following, type HeardEntry } from '../ledger/ledger-follow';
import { Authentication, type Recognised } from './authentication.service';
import { hashToken } from './token';

/** A credential is asked for again after this, whatever was heard in between. */
const LONGEST_MS = 5_000;
/** Recognised credentials at most: some 500 bytes each. */
const ROOM = 10_000;

/** Entries about what begins: they end no credential. */
const BEGINNINGS = ['session.opened', 'session.refused', 'api-key.created', 'platform.provisional'];

interface Kept {
  readonly recognised: Recognised;
  readonly until: number;
}

/**
 * Credentials that this node has just recognised, for routes marked `HotPath` and for nothing else: everywhere else a
 * revoked key or an ended membership ends at the next request.
 *
 * What such a route may answer to a credential that has ended: nothing on the node that ended it (dropped with the
 * commit), for about 150 ms on other nodes (the sequencer's 50 and the follower's 100), and for 5 seconds at most when the
 * ledger cannot be followed or when somebody ended it by SQL without an entry. Its own expiry is looked at each time.
 * Failures are never kept, and tokens are kept as their SHA-256 alone.
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
    if (kept && kept.until > performance.now() && kept.recognised.expiresAt > this.clock.now()) return kept.recognised;
    this.kept.delete(name);
    const { drops } = this;
    const recognised = await this.authentication.recognise(token);
    // Before the ledger is followed, and when something ended while the database was asked, this one is not relied on.
    if (drops === this.drops && this.following?.through !== undefined) this.keep(name, recognised);
    return recognised;
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

  private keep(name: string, recognised: Recognised): void {
    // The one recognised longest ago makes room.
    const oldest = this.kept.size < ROOM ? undefined : this.kept.keys().next().value;
    if (oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(name, { recognised, until: performance.now() + LONGEST_MS });
  }

  private hear({ kind, organisationId }: HeardEntry): void {
    if (BEGINNINGS.includes(kind)) return;
    // What happens to an organisation may be entered by the operator; a person may belong to several.
    const isOfOne = organisationId !== null && (kind.startsWith('session.') || kind.startsWith('api-key.'));
    if (isOfOne) this.dropOrganisation(organisationId);
    else this.dropAll();
  }
}
