import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedEnd, FeedLine, FeedTombstone } from '../../src/signals/exchange/feed/feed-lines';
import type { Person, World } from './app';

/** A PDQ hash that nobody else in a test has: 64 hexadecimal digits. */
export const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');

export interface Issued {
  readonly id: string;
  readonly username: string | null;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A credential for a program, made by an administrator. */
export async function issue(admin: Person, what: object): Promise<Issued> {
  const made = await admin.post<Issued>('/v1/exchange-credentials', {
    name: 'a program',
    expiresAt: '2027-01-01T00:00:00Z',
    ...what,
  });
  if (made.status !== 201) throw new Error(`no credential: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
}

/** Waits until everything committed has its place in the ledger. */
export async function sequenced(world: World): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    const { rows } = await world.sql.query('select 1 from ledger_pending limit 1');
    if (rows.length === 0) return;
    await sleep(10);
  }
  throw new Error('the sequencer does not run');
}

/** A client of our own feed that keeps a copy: follows `through` to the end, drops tombstones. */
export class FeedClient {
  readonly signals = new Map<string, FeedLine>();
  cursor: string | undefined;

  constructor(
    private readonly world: World,
    private readonly credential: Issued,
    private readonly limit = 10_000,
    private readonly lists = '',
  ) {}

  /** How many lines came. */
  async poll(): Promise<number> {
    let count = 0;
    for (;;) {
      const lines = await this.page();
      const end = lines.pop() as unknown as FeedEnd;
      if (typeof end.through !== 'string') throw new Error('the answer broke off');
      for (const line of lines) this.apply(line);
      count += lines.length;
      this.cursor = end.through;
      if (!end.more) return count;
    }
  }

  private async page(): Promise<(FeedLine | FeedTombstone)[]> {
    const query = new URLSearchParams({ limit: `${this.limit}` });
    if (this.cursor !== undefined) query.set('cursor', this.cursor);
    if (this.lists) query.set('lists', this.lists);
    const answer = await this.world.app.inject({
      url: `/exchange/feed?${query}`,
      headers: { authorization: `Bearer ${this.credential.secrets.token}` },
    });
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.payload}`);
    const lines = answer.payload.trim().split('\n');
    return lines.map((line) => JSON.parse(line) as FeedLine | FeedTombstone);
  }

  private apply(line: FeedLine | FeedTombstone): void {
    if (line.state === 'withdrawn' || line.state === 'erased') this.signals.delete(line.signalId);
    else this.signals.set(line.signalId, line as FeedLine);
  }
}
