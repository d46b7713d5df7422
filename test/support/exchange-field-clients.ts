import type { World } from './app';
import type { Issued } from './exchange';

export type Opinion = 'POSITIVE_CLASS' | 'NEGATIVE_CLASS' | 'INVESTIGATION_SEED';

/** What a deployed client keeps of one hash: the opinions by their source. */
export interface Kept {
  readonly opinions: Readonly<Record<string, Opinion>>;
  readonly tags: readonly string[];
}

const STOPNCII_TYPES: Readonly<Record<string, string>> = {
  ImagePDQ: 'pdq',
  VideoMD5: 'video_md5',
  URL: 'url',
  Text: 'raw_text',
};
const STATUSES = ['Unknown', 'Received', 'Active', 'Withdrawn', 'Deleted'];
const VALUES = ['Unknown', 'None', 'QualityUnknown', 'PendingReview', 'Blocked', 'NotBlocked', 'Withdrawn', 'Deleted'];

interface StopnciiPage {
  readonly count: number;
  readonly nextPageToken: string | null;
  readonly nextSetTimestamp: number;
  readonly hasMoreRecords: boolean;
  readonly hashRecords: readonly Record<string, unknown>[];
}

/** The fetch loop of the deployed StopNCII client, with its assertion and its fault. Written from captured messages. */
export class StopnciiClient {
  readonly hashes = new Map<string, Kept>();
  checkpoint: number | null = null;
  pages = 0;

  constructor(
    private readonly world: World,
    private readonly credential: Issued,
    private readonly pageSize = 800,
  ) {}

  /** `stopAfter` pages: a client that is killed then, and keeps the checkpoint of the last page it saw. */
  async fetch(stopAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const start = this.checkpoint ?? 10;
    let token: string | null = null;
    for (let page = 1; page <= stopAfter; page++) {
      const answer = await this.page(start, token);
      this.pages++;
      for (const record of answer.hashRecords) this.merge(record);
      if (this.checkpoint !== null && answer.nextSetTimestamp < this.checkpoint)
        throw new Error('checkpoint time rewound');
      this.checkpoint = answer.nextSetTimestamp;
      if (!answer.hasMoreRecords) return;
      if (!answer.nextPageToken) throw new Error('more records and no token');
      token = answer.nextPageToken;
    }
  }

  /** What the client makes of all opinions. It adds a seed to every hash: one that somebody is against is disputed, never negative. */
  verdict(value: string): Exclude<Opinion, 'NEGATIVE_CLASS'> | 'DISPUTED' | undefined {
    const kept = this.hashes.get(`pdq:${value}`);
    if (!kept) return undefined;
    const opinions = Object.values(kept.opinions);
    if (opinions.includes('NEGATIVE_CLASS')) return 'DISPUTED';
    return opinions.includes('POSITIVE_CLASS') ? 'POSITIVE_CLASS' : 'INVESTIGATION_SEED';
  }

  /** As the client writes a hash: `POSITIVE_CLASS +2 +Unit A,+Unit B`. */
  written(value: string): string {
    const opinions = Object.entries(this.hashes.get(`pdq:${value}`)?.opinions ?? {}).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const signs = { POSITIVE_CLASS: '+', NEGATIVE_CLASS: '-', INVESTIGATION_SEED: '' };
    const owners = opinions.filter(([, opinion]) => signs[opinion]).map(([source, opinion]) => signs[opinion] + source);
    const sum = owners.reduce((total, owner) => total + (owner.startsWith('+') ? 1 : -1), 0);
    return `${this.verdict(value)} ${owners.length > 0 && sum >= 0 ? '+' : ''}${sum} ${owners.join()}`;
  }

  async post(
    path: 'SubmitHashes' | 'SubmitFeedback',
    key: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const { secrets } = this.credential;
    return this.world.send<Record<string, unknown>>('POST', `/exchange/stopncii/${path}`, body, {
      'x-functions-key': secrets[key] ?? '',
      'ocp-apim-subscription-key': secrets.subscriptionKey ?? '',
    });
  }

  private async page(start: number, token: string | null): Promise<StopnciiPage> {
    const query = new URLSearchParams({ startTimestamp: `${start}`, pageSize: `${this.pageSize}` });
    if (token !== null) query.set('nextPageToken', token);
    const { secrets } = this.credential;
    const answer = await this.world.send<StopnciiPage>('GET', `/exchange/stopncii/FetchHashes?${query}`, undefined, {
      'x-functions-key': secrets.fetchKey ?? '',
      'Ocp-Apim-Subscription-Key': secrets.subscriptionKey ?? '',
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.body.count !== answer.body.hashRecords.length) throw new Error('a wrong count');
    return answer.body;
  }

  private merge(record: Record<string, unknown>): void {
    const { signalType, hashValue, hashStatus, caseNumbers, CSPFeedbacks = [], lastModtimestamp } = record;
    const cases = Object.values(caseNumbers as Record<string, string>);
    const feedbacks = CSPFeedbacks as { source: string; feedbackValue: string; tags: string[] }[];
    // The client leaves such a record out with a line in its log; none of ours may be one.
    if (
      typeof signalType !== 'string' ||
      typeof hashValue !== 'string' ||
      !Number.isInteger(lastModtimestamp) ||
      ![hashStatus, ...cases].every((status) => STATUSES.includes(status as string)) ||
      !feedbacks.every(({ feedbackValue }) => VALUES.includes(feedbackValue))
    )
      throw new Error(`a record that the client does not read: ${JSON.stringify(record)}`);
    const type = STOPNCII_TYPES[signalType];
    if (!type) return;
    // Its fault, kept: it compares the hash with the words and not the status, so nothing is ever dropped.
    if (['Withdrawn', 'Deleted'].includes(hashValue)) {
      this.hashes.delete(`${type}:${hashValue}`);
      return;
    }
    const opinionOf = (value: string): Opinion =>
      value === 'Blocked' ? 'POSITIVE_CLASS' : value === 'NotBlocked' ? 'NEGATIVE_CLASS' : 'INVESTIGATION_SEED';
    this.hashes.set(`${type}:${hashValue}`, {
      opinions: Object.fromEntries(feedbacks.map(({ source, feedbackValue }) => [source, opinionOf(feedbackValue)])),
      tags: feedbacks.flatMap(({ tags }) => tags),
    });
  }
}

const TAT_KEYS = [
  'algorithm',
  'created_on',
  'deleted',
  'file_type',
  'hash_digest',
  'id',
  'ideology',
  'updated_on',
].join();
const VIDEO_TYPES = ['mov', 'm4v', 'mp4', 'webm'];

interface TatPage {
  readonly next: string | null;
  readonly checkpoint: string;
  readonly results: readonly Record<string, unknown>[];
}

/** The fetch loop of the deployed Tech Against Terrorism client, with its assertions. */
export class TatClient {
  readonly hashes = new Set<string>();
  checkpoint: string | null = null;
  logins = 0;

  constructor(
    private readonly world: World,
    private readonly credential: Issued,
    private readonly limit?: number,
  ) {}

  async fetch(stopAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const after = this.checkpoint ?? '';
    let next: string | null = null;
    for (let page = 1; page <= stopAfter; page++) {
      const first = this.limit === undefined ? 'None' : `limit=${this.limit}`;
      const answer: TatPage = await this.get(
        `/exchange/tat/api/hash-list/v2/all?${next ?? first}&order=asc&after=${after}`,
      );
      for (const entry of answer.results) this.merge(entry);
      if (!answer.checkpoint) throw new Error('None checkpoint');
      const time = (text: string): number => Number(text.split(',')[0]);
      if (this.checkpoint !== null && time(answer.checkpoint) < time(this.checkpoint))
        throw new Error('checkpoint time rewound');
      this.checkpoint = answer.checkpoint;
      next = answer.next;
      if (next === null) return;
    }
  }

  async token(): Promise<string> {
    this.logins++;
    const form = new URLSearchParams({
      username: this.credential.username ?? '',
      password: this.credential.secrets.password ?? '',
      resend: 'False',
    });
    const answer = await this.world.app.inject({
      method: 'POST',
      url: '/exchange/tat/token-auth/tcap/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: form.toString(),
    });
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.payload}`);
    const { user, token } = answer.json<{ user: object; token: string }>();
    if (typeof user !== 'object' || Object.keys(answer.json()).length !== 2) throw new Error('not a session');
    return token;
  }

  /** Logs in anew first, as the client does before every page. */
  async get<T>(url: string): Promise<T> {
    const answer = await this.world.send<T>('GET', url, undefined, { authorization: `Bearer ${await this.token()}` });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
    return this.world.send<unknown>('POST', url, body, { authorization: `Bearer ${await this.token()}` });
  }

  private merge(entry: Record<string, unknown>): void {
    // `dataclass(**entry)`: one member more or less raises.
    if (Object.keys(entry).toSorted().join() !== TAT_KEYS)
      throw new TypeError(`not the members: ${JSON.stringify(entry)}`);
    const { algorithm, hash_digest, file_type, deleted } = entry;
    const type =
      algorithm === 'PDQ' ? 'pdq' : algorithm === 'MD5' && VIDEO_TYPES.includes(String(file_type)) ? 'video_md5' : null;
    if (type === null) return;
    if (deleted === true) this.hashes.delete(`${type}:${String(hash_digest)}`);
    else this.hashes.add(`${type}:${String(hash_digest)}`);
  }
}
