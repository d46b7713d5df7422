import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { startWorld, type Person, type World } from './app';

/** Subscribes; what is not said is usual. */
export async function subscribe(admin: Person, what: object): Promise<SourceView> {
  const made = await admin.post<SourceView>('/v1/exchange-sources', {
    name: 'The other side',
    listId: COMMON_LIST,
    tlp: 'amber',
    acceptReviews: true,
    ...what,
  });
  if (made.status !== 201) throw new Error(`not subscribed: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
}

/** Waits until the source has been read since `at`, by the service's clock. */
export async function readSince(admin: Person, id: string, at: Date): Promise<SourceView> {
  for (let turn = 0; turn < 600; turn++) {
    const { body } = await admin.get<SourceView>(`/v1/exchange-sources/${id}`);
    if (body.lastRunAt !== null && Date.parse(body.lastRunAt) >= at.getTime()) return body;
    await sleep(25);
  }
  throw new Error('the source is not read');
}

/** Has it read now and waits until that is done. */
export async function read(world: World, admin: Person, id: string): Promise<SourceView> {
  world.clock.advance(1_000);
  const at = world.clock.now();
  const asked = await admin.post(`/v1/exchange-sources/${id}/run`);
  if (asked.status !== 200) throw new Error(`not asked: ${asked.status} ${JSON.stringify(asked.body)}`);
  return readSince(admin, id, at);
}

export type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on loopback that answers as a test wants it to: also with lies. */
export class OtherSide {
  readonly asked: string[] = [];
  reply: Reply = (_, response) => void response.writeHead(500).end();
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.asked.push(`${request.method} ${request.url}`);
      this.reply(request, response, Buffer.concat(chunks).toString());
    });
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(path = ''): string {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}${path}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const sendJson = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** A page of a feed. */
export function sendFeed(response: ServerResponse, lines: readonly unknown[], through: string, more = false): void {
  const texts = [...lines, { through, more }].map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(`${texts.join('\n')}\n`);
}

/** A line of a feed. */
export const lineOf = (signalId: string, value: string, more: object = {}): Record<string, unknown> => ({
  seq: 1,
  signalId,
  type: 'pdq',
  quality: 90,
  value,
  state: 'active',
  lists: [],
  labels: {},
  severity: null,
  incident: null,
  reviewed: true,
  standing: [],
  confirms: 0,
  disputes: 0,
  opinions: [],
  at: '2026-03-02T09:00:00.000000Z',
  ...more,
});

export interface Stand {
  readonly state: string;
  readonly standing: number;
  readonly disputes: { reason: string; note: string | null; state: string; organisation_id: string | null }[];
}

/** What a service knows of a hash, as the superuser sees it. */
export async function standOf(world: World, value: string): Promise<Stand | null> {
  const { rows } = await world.sql.query<Stand>(
    `select s.state, (select count(*)::int from signal_contribution c where c.signal_id = s.id and c.state = 'standing') as standing,
       coalesce((select json_agg(json_build_object('reason', d.reason, 'note', d.note, 'state', d.state, 'organisation_id', d.organisation_id)
         order by d.opened_at, d.id) from signal_dispute d where d.signal_id = s.id), '[]') as disputes
     from signal s where s.value = $1`,
    [value],
  );
  return rows[0] ?? null;
}

/** A service with an administrator who subscribes to another side. */
export class Subscriber {
  private there: OtherSide | undefined;

  private constructor(
    readonly world: World,
    readonly admin: Person,
  ) {}

  static async start(): Promise<Subscriber> {
    const world = await startWorld();
    const { unit } = await world.cast();
    return new Subscriber(world, await world.person(unit, ['admin', 'analyst', 'curator']));
  }

  /** Another side for each test: whoever subscribed to the one before finds nobody there. */
  async opposite(): Promise<OtherSide> {
    await this.there?.close();
    return (this.there = await new OtherSide().listen());
  }

  /** Subscribes to what answers like this, and waits until it has been read. */
  async begin(reply: Reply, what: object = {}): Promise<SourceView> {
    const there = this.there ?? (await this.opposite());
    there.reply = reply;
    this.world.clock.advance(1_000);
    const at = this.world.clock.now();
    const source = await subscribe(this.admin, {
      protocol: 'clepsydra',
      address: there.url(),
      credential: { token: 'clx_secret' },
      ...what,
    });
    return readSince(this.admin, source.id, at);
  }

  /** Has it read again, now. */
  again({ id }: SourceView): Promise<SourceView> {
    return read(this.world, this.admin, id);
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.there?.close();
  }
}

export const pauseOf = (source: SourceView): number => Date.parse(source.nextRunAt!) - Date.parse(source.lastRunAt!);
