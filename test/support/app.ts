import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Pg } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { hashToken, makeToken } from '../../src/accounts/token';
import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import type { Role } from '../../src/domain/permissions';
import type { Competence, OrganisationKind, PlatformSize } from '../../src/domain/vocabulary';
import { SettableClock } from '../../src/infra/clock-source';
import { readConfig, type Config } from '../../src/infra/config';
import { log } from '../../src/infra/log';
import { createTestDatabase, type TestDatabase } from './database';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
  readonly headers: Record<string, unknown>;
}

export interface CastOrganisation {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: OrganisationKind;
}

/** Somebody signed in: speaks HTTP with their session. */
export class Person {
  constructor(
    private readonly world: World,
    readonly token: string,
    readonly personId: string,
    readonly organisation: CastOrganisation,
  ) {}

  get<T = Record<string, never>>(url: string): Promise<Answer<T>> {
    return this.send('GET', url);
  }

  post<T = Record<string, never>>(
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return this.send('POST', url, body, headers);
  }

  delete<T = Record<string, never>>(url: string): Promise<Answer<T>> {
    return this.send('DELETE', url);
  }

  /** A multipart request from a FormData, with this person's session. */
  async form<T = Record<string, never>>(
    url: string,
    form: FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const encoded = new Response(form);
    const type = encoded.headers.get('content-type') ?? '';
    return this.send('POST', url, Buffer.from(await encoded.arrayBuffer()), { 'content-type': type, ...headers });
  }

  private send<T>(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return this.world.send<T>(method, url, payload, { authorization: `Bearer ${this.token}`, ...headers });
  }
}

interface OrganisationOptions {
  readonly name?: string;
  readonly competences?: readonly Competence[];
  readonly platformSize?: PlatformSize;
  readonly hosts?: readonly string[];
  readonly country?: string;
  /** A platform declares its inbox as its contact point, after everything else, unless told otherwise. */
  readonly inbox?: boolean;
}

/** The whole application on a database of its own, with a clock that the test moves. */
export class World {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    readonly clock: SettableClock,
    readonly config: Config,
    /** SQL as superuser: for looking, and for playing the villain. */
    readonly sql: Pg,
  ) {}

  static async start(options: WorldOptions = {}): Promise<World> {
    log.level = process.env.CLEPSYDRA_LOG_LEVEL ?? 'silent';
    const database = await createTestDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'clepsydra-test-'));
    const environment = {
      CLEPSYDRA_DATA: folder,
      CLEPSYDRA_REQUESTS_PER_MINUTE: '1000000',
      CLEPSYDRA_IMAGE_WORKERS: '1',
      // A story that is not about second thoughts has none.
      CLEPSYDRA_UNDO_SECONDS: '0',
    };
    const config: Config = { ...readConfig(environment), ...options.config };
    const clock = options.clock ?? new SettableClock(new Date('2026-03-02T09:00:00.000Z'));
    const app = await createApp({
      config,
      clock,
      connections: {
        app: dataSourceOptions(database.urls.app, 8),
        worker: dataSourceOptions(database.urls.worker, 4),
        scopeKey: database.scopeKey,
      },
    });
    const sql = new Pg(database.superuser);
    sql.on('error', () => undefined);
    await sql.connect();
    return new World(app, database, clock, config, sql);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.sql.end();
    await this.database.drop();
    rmSync(this.config.dataDirectory, { recursive: true, force: true });
  }

  /** Listens on a free loopback port, for clients that are processes of their own. */
  async listen(): Promise<string> {
    await this.app.listen(0, '127.0.0.1');
    return (await this.app.getUrl()).replace('[::1]', '127.0.0.1');
  }

  async send<T = Record<string, never>>(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const answer = await this.app.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload: payload as object }),
    });
    const isJson = /json/.test(`${answer.headers['content-type']}`);
    return {
      status: answer.statusCode,
      body: (isJson && answer.body ? answer.json() : answer.body) as T,
      headers: answer.headers,
    };
  }

  anonymous<T = Record<string, never>>(url: string): Promise<Answer<T>> {
    return this.send<T>('GET', url);
  }

  async organisation(
    kind: OrganisationKind,
    slug: string,
    options: OrganisationOptions = {},
  ): Promise<CastOrganisation> {
    const id = uuidv7();
    const name = options.name ?? slug;
    await this.sql.query(
      'insert into organisation (id, kind, name, slug, country, competences, platform_size) values ($1, $2, $3, $4, $5, $6, $7)',
      [id, kind, name, slug, options.country ?? null, options.competences ?? [], options.platformSize ?? null],
    );
    for (const host of options.hosts ?? []) {
      await this.sql.query('insert into platform_host (host, organisation_id, confirmed_at) values ($1, $2, now())', [
        host,
        id,
      ]);
    }
    if (kind === 'platform' && options.inbox !== false) {
      await this.sql.query(
        `insert into contact_point (id, organisation_id, channel, position, confirmed_at, created_at) values ($1, $2, 'inbox', 90, now(), now())`,
        [uuidv7(), id],
      );
    }
    return { id, name, slug, kind };
  }

  /** A person of the organisation with a session; the login itself has tests of its own. */
  async person(organisation: CastOrganisation, roles: readonly Role[], name = 'A. Person'): Promise<Person> {
    const id = uuidv7();
    const token = makeToken('session');
    await this.sql.query('insert into person (id, email, display_name) values ($1, $2, $3)', [
      id,
      `${id}@${organisation.slug}.example`,
      name,
    ]);
    await this.sql.query('insert into membership (organisation_id, person_id, roles, office) values ($1, $2, $3, $4)', [
      organisation.id,
      id,
      roles,
      'Officer',
    ]);
    await this.sql.query(
      `insert into session (id, organisation_id, person_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, '2100-01-01')`,
      [uuidv7(), organisation.id, id, hashToken(token), this.clock.now()],
    );
    return new Person(this, token, id, organisation);
  }

  /** The usual cast: a unit that may refer, a platform with an inbox, and one person each. */
  async cast(): Promise<{
    unit: CastOrganisation;
    analyst: Person;
    supervisor: Person;
    platform: CastOrganisation;
    moderator: Person;
  }> {
    const unit = await this.organisation('authority', 'unit-a', {
      name: 'Unit A',
      competences: ['refer'],
      country: 'FR',
    });
    const platform = await this.organisation('platform', 'harbour', {
      name: 'Harbour',
      platformSize: 'large',
      hosts: ['harbour.example'],
      country: 'IE',
    });
    const analyst = await this.person(unit, ['analyst']);
    const supervisor = await this.person(unit, ['supervisor']);
    const moderator = await this.person(platform, ['moderator', 'admin']);
    return { unit, analyst, supervisor, platform, moderator };
  }
}

export interface WorldOptions {
  readonly config?: Partial<Config>;
  readonly clock?: SettableClock;
}

export const startWorld = (options?: WorldOptions): Promise<World> => World.start(options);

export const minutes = (count: number): number => count * 60_000;
