import type { FeedEnd, FeedLine, FeedTombstone } from '../../src/signals/exchange/feed/feed-lines';
import type { Answer, World } from './app';
import type { Issued } from './exchange';

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

export interface Stix {
  readonly type: string;
  readonly id: string;
  readonly modified?: string;
  readonly revoked?: boolean;
  readonly [property: string]: unknown;
}

interface StixEnvelope {
  readonly objects?: readonly Stix[];
  readonly more?: boolean;
  readonly next?: string;
}

const TAXII = 'application/taxii+json;version=2.1';

/** A TAXII 2.1 poller as its libraries write it: follows `next` while there is more, then comes back by the header's time. */
export class TaxiiClient {
  readonly objects = new Map<string, Stix>();
  /** Ids of which a version came that does not say revoked, after one that did: STIX 2.1, 3.2, has none. */
  readonly broken: string[] = [];
  addedAfter: string | null = null;
  pages = 0;

  constructor(
    private readonly world: World,
    private readonly credential: Issued,
    private readonly collection: string,
    private readonly limit?: number,
  ) {}

  /** How many objects came. `byHeaderAlone`: a client that knows nothing of `next`. */
  async poll(byHeaderAlone = false): Promise<number> {
    let count = 0;
    let next: string | null = null;
    let after = this.addedAfter;
    for (;;) {
      const query: URLSearchParams = new URLSearchParams({
        ...(after === null ? {} : { added_after: after }),
        ...(next === null ? {} : { next }),
        ...(this.limit === undefined ? {} : { limit: `${this.limit}` }),
      });
      const answer: Answer<StixEnvelope> = await this.get<StixEnvelope>(`objects/?${query}`);
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      this.pages++;
      const objects = answer.body.objects ?? [];
      for (const object of objects) this.merge(object);
      count += objects.length;
      const last = answer.headers['x-taxii-date-added-last'];
      if (objects.length > 0 && typeof last !== 'string') throw new Error('objects without their time');
      if (typeof last === 'string') this.addedAfter = last;
      if (!answer.body.more) return count;
      if (byHeaderAlone) after = this.addedAfter;
      else next = answer.body.next ?? null;
    }
  }

  get<T>(path: string, accept = TAXII): Promise<Answer<T>> {
    return this.at<T>(`/taxii2/signals/collections/${this.collection}/${path}`, accept);
  }

  at<T>(url: string, accept = TAXII): Promise<Answer<T>> {
    return this.world.send<T>('GET', url, undefined, { accept, authorization: this.authorization });
  }

  get authorization(): string {
    const { username, secrets } = this.credential;
    return `Basic ${Buffer.from(`${username}:${secrets.password}`).toString('base64')}`;
  }

  /** The newest version of an object wins. */
  private merge(object: Stix): void {
    const known = this.objects.get(object.id);
    if (known?.revoked === true && object.revoked !== true) this.broken.push(object.id);
    if (!known?.modified || (object.modified ?? '') >= known.modified) this.objects.set(object.id, object);
  }
}
