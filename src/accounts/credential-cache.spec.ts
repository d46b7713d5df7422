import { DomainError } from '../domain/errors';
import { SettableClock } from '../infra/clock-source';
import { turn } from '../infra/turn';
import type { Follower, Following, LedgerFollow } from '../ledger/ledger-follow';
import type { Authentication, Recognised } from './authentication.service';
import { CredentialCache } from './credential-cache';

const MINUTE_MS = 60_000;
const TOKEN = 'a token';

const recognised = (name: string): Recognised => ({
  actor: {
    organisationId: 'harbour',
    organisationKind: 'platform',
    personId: null,
    via: 'api-key',
    name,
    office: null,
    permissions: new Set(),
  },
  expiresAt: new Date('2027-01-01T00:00:00Z'),
});

/** A database that answers when the test says so, and a ledger that is followed. */
class Asked {
  readonly open: PromiseWithResolvers<Recognised>[] = [];
  readonly cache: CredentialCache;
  private follower: Follower | undefined;

  constructor() {
    const authentication: Pick<Authentication, 'recognise'> = {
      recognise: () => {
        const question = Promise.withResolvers<Recognised>();
        this.open.push(question);
        return question.promise;
      },
    };
    const ledger: Pick<LedgerFollow, 'follow'> = {
      follow: (follower) => {
        this.follower = follower;
        return { follower, through: 0 } as Following;
      },
    };
    const clock = new SettableClock(new Date('2026-03-02T09:00:00Z'));
    this.cache = new CredentialCache(authentication as Authentication, ledger as LedgerFollow, clock);
    this.cache.onApplicationBootstrap();
  }

  async knows(name: string): Promise<void> {
    const asking = this.cache.recognise(TOKEN);
    this.open.pop()?.resolve(recognised(name));
    expect((await asking).actor.name).toBe(name);
  }

  ask = async (): Promise<string> => (await this.cache.recognise(TOKEN)).actor.name;

  hear = (kind: string): Promise<void> | undefined =>
    this.follower?.hear({ after: 0, through: 1, entries: [{ seq: 1, kind, organisationId: 'harbour' }] });
}

describe('a credential that was recognised', () => {
  const now = performance.now.bind(performance);
  let passedMs = 0;
  let asked: Asked;

  beforeEach(async () => {
    passedMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + passedMs);
    asked = new Asked();
    await asked.knows('first');
  });
  afterEach(() => jest.restoreAllMocks());

  it('is not asked for again within five seconds, and then once for all who come', async () => {
    expect(await asked.ask()).toBe('first');
    expect(asked.open).toHaveLength(0);
    passedMs += 5_001;
    const all = [asked.ask(), asked.ask(), asked.ask()];
    expect(asked.open).toHaveLength(1);
    asked.open[0]?.resolve(recognised('second'));
    expect(await Promise.all(all)).toEqual(['second', 'second', 'second']);
    expect(await asked.ask()).toBe('second');
  });

  it('goes on when nothing is answered or the question fails, for ten minutes', async () => {
    passedMs += 5_001;
    expect(await asked.ask()).toBe('first');
    expect(await asked.ask()).toBe('first');
    expect(asked.open).toHaveLength(1);
    asked.open[0]?.reject(new Error('there is no database'));
    await turn();
    passedMs += 5_001;
    const again = asked.ask();
    asked.open[1]?.reject(new Error('there is no database'));
    expect(await again).toBe('first');
    await turn();
    passedMs += 10 * MINUTE_MS;
    const late = asked.ask();
    asked.open[2]?.reject(new Error('there is no database'));
    await expect(late).rejects.toThrow('there is no database');
  });

  it('ends when it is refused, however late the answer', async () => {
    passedMs += 5_001;
    expect(await asked.ask()).toBe('first');
    asked.open[0]?.reject(new DomainError('auth.expired'));
    await turn();
    const next = asked.ask();
    asked.open[1]?.reject(new DomainError('auth.expired'));
    await expect(next).rejects.toMatchObject({ code: 'auth.expired' });
    expect(asked.cache.size).toBe(0);
  });

  it('does not go on when the ledger told of its end while nothing was answered', async () => {
    passedMs += 5_001;
    const waiting = asked.ask();
    await asked.hear('api-key.revoked');
    asked.open[0]?.reject(new Error('there is no database'));
    await expect(waiting).rejects.toThrow('there is no database');
  });
});
