import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import type { SignalType } from '../../src/domain/vocabulary';
import { vpdqDigest } from '../../src/perceptual/vpdq';
import { NegativeIndex } from '../../src/signals/defence/negative-index.service';
import type { QuarantineItemView, QuarantineView, TrustView } from '../../src/signals/defence/review/defence.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Answer, type CastOrganisation, type Person, type World } from './app';
import { randomHash } from './hashes';
import { eventually } from './referral';

export interface Problem {
  code: string;
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** With so many other bits. */
export function flip(hash: string, bits: number): string {
  let value = BigInt(`0x${hash}`);
  for (let bit = 0; bit < bits; bit++) value ^= 1n << BigInt((bit * 7) % 256);
  return value.toString(16).padStart(64, '0');
}

/** Asks again until it is so; the test's own timeout is the limit. */
export const until = (check: () => Promise<boolean> | boolean): Promise<boolean> =>
  eventually(async () => check(), Boolean);

export const untilLoaded = (world: World): Promise<boolean> =>
  until(() => world.app.get(SignalIndex).loaded && world.app.get(NegativeIndex).loaded);

/** A hash that the person stands behind from now on, of its own unless it is given. */
export async function contribute(person: Person, signal: Record<string, unknown> = {}): Promise<SignalView> {
  const sent = { type: 'sha256', value: randomHash(), labels: {}, ...signal };
  const answer = await person.post<SignalView>('/v1/signals', sent);
  expect([answer.status, answer.body]).toEqual([201, answer.body]);
  return answer.body;
}

export const getSignal = async (person: Person, id: string): Promise<SignalView> =>
  (await person.get<SignalView>(`/v1/signals/${id}`)).body;

export const opine = (
  person: Person,
  id: string,
  opinion: Record<string, unknown>,
): Promise<Answer<SignalView & Problem>> => person.post(`/v1/signals/${id}/opinion`, opinion);

export const disputing = (person: Person, { id }: SignalView): Promise<Answer<SignalView & Problem>> =>
  opine(person, id, { opinion: 'dispute', reason: 'false_match' });

/** Its own dispute about a hash. */
export async function dispute(person: Person, id: string, reason = 'false_match'): Promise<string> {
  const { status, body } = await opine(person, id, { opinion: 'dispute', reason });
  expect([status, body]).toEqual([200, body]);
  return body.disputes.find(({ organisationId }) => organisationId === person.organisation.id)!.id;
}

/** Of a batch. */
export const lines = (values: readonly string[], type: SignalType = 'sha256'): { type: string; value: string }[] =>
  values.map((value) => ({ type, value }));

export const stateOf = ({ contributions }: SignalView): string[] => contributions.map(({ state }) => state);

/** A video of these frames, as it is contributed. */
export function video(hashes: readonly string[], quality = 90): Record<string, unknown> {
  const frames = hashes.map((hash) => ({ hash, quality }));
  const value = vpdqDigest(frames.map((frame, i) => ({ ...frame, frame: i, atMs: 0 })));
  return { type: 'vpdq', value: value ?? randomHash(), frames };
}

/** SQL as the role that serves requests, within one organisation's scope: what a hole in the service could do at most. */
export class AppRole {
  private constructor(
    private readonly client: Client,
    private readonly scopeKey: World['database']['scopeKey'],
  ) {}

  static async connect({ database }: World): Promise<AppRole> {
    const client = new Client(database.app);
    await client.connect();
    return new AppRole(client, database.scopeKey);
  }

  /** Rows touched, or the code of the refusal; of nobody without a person. Nothing is kept unless it is said. */
  async try(
    person: Person | null,
    statement: string,
    values: readonly unknown[] = [],
    end: 'rollback' | 'commit' = 'rollback',
  ): Promise<number | string> {
    await this.client.query('begin');
    let outcome: number | string;
    try {
      if (person) {
        const { rows } = await this.client.query<{ pid: number }>('select pg_backend_pid() as pid');
        const scope = signScope(this.scopeKey, person.organisation.id, null, rows[0]!.pid);
        await this.client.query(`select set_config('app.scope', $1, true)`, [scope]);
      }
      outcome = (await this.client.query(statement, [...values])).rowCount ?? 0;
    } catch (error) {
      outcome = String((error as { code?: string }).code);
    }
    await this.client.query(end);
    return outcome;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Within `describe`: a world with a moderator and two people of its operator, and what is done about those who poison. */
export class DefenceStory {
  world!: World;
  moderator!: Person;
  operators!: [Person, Person];
  private serial = 0;

  constructor() {
    beforeAll(async () => {
      this.world = await startWorld();
      ({ moderator: this.moderator } = await this.world.cast());
      const office = await this.world.organisation('operator', 'operations');
      this.operators = [await this.world.person(office, ['operator']), await this.world.person(office, ['operator'])];
      await untilLoaded(this.world);
    });
    afterAll(() => this.world.close());
  }

  get operator(): Person {
    return this.operators[0];
  }

  /** Somebody of an organisation that nobody else's test has counted against. */
  async body(kind: 'civil_society' | 'platform' = 'civil_society'): Promise<Person> {
    return this.world.person(await this.world.organisation(kind, `body-${++this.serial}`), ['curator']);
  }

  /** Such a one, new here; with limits, told so by the operator. */
  async contributor(limits?: { dailyQuota?: number; hourlyFlood?: number }): Promise<Person> {
    const person = await this.body();
    if (limits) await this.trust(person, 'new', limits);
    return person;
  }

  send(person: Person, values: readonly string[], type?: SignalType): Promise<Answer<BatchAnswer>> {
    return person.post('/v1/signals/batch', { labels: {}, signals: lines(values, type) });
  }

  contribute(person: Person, signal: Record<string, unknown> = {}): Promise<Answer<SignalView & Problem>> {
    return person.post('/v1/signals', { type: 'sha256', value: randomHash(), labels: {}, ...signal });
  }

  async stands(person: Person, signal: Record<string, unknown> = {}): Promise<SignalView> {
    const made = await contribute(person, signal);
    expect(stateOf(made)).toContain('standing');
    return made;
  }

  trust(person: Person, level: string, limits: { dailyQuota?: number; hourlyFlood?: number } = {}): Promise<Answer> {
    const organisationId = person.organisation.id;
    return this.operator.post('/v1/signal-trust', { organisationId, level, note: 'for this test', ...limits });
  }

  async trustOf({ organisation: { id } }: Person): Promise<TrustView> {
    const { body } = await this.operator.get<{ items: TrustView[] }>('/v1/signal-trust?limit=200');
    return body.items.find(({ organisation }) => organisation.id === id)!;
  }

  uphold(person: Person, id: string): Promise<Answer> {
    return person.post(`/v1/signal-disputes/${id}/resolve`, { outcome: 'upheld', note: 'it is a news report' });
  }

  /** What a platform does about a hash that it meets. */
  async match(value: string, type: SignalType = 'sha256'): Promise<string[]> {
    const path = `/v1/signals/match?type=${type}&value=${value}`;
    const { status, body } = await this.moderator.get<{ matches: { action: string }[] }>(path);
    expect([status, body]).toEqual([200, body]);
    return body.matches.map(({ action }) => action);
  }

  /** How many signals a platform finds by it. */
  async matches(value: string, type?: SignalType): Promise<number> {
    return (await this.match(value, type)).length;
  }

  async waiting({ id }: CastOrganisation): Promise<QuarantineView[]> {
    const path = `/v1/signal-quarantine?organisationId=${id}`;
    return (await this.operator.get<{ items: QuarantineView[] }>(path)).body.items;
  }

  async itemsOf(quarantineId: string): Promise<QuarantineItemView[]> {
    const path = `/v1/signal-quarantine/${quarantineId}?limit=200`;
    return (await this.operator.get<{ items: QuarantineItemView[] }>(path)).body.items;
  }

  /** Of each batch of the body's that waits, why. */
  async reasons(person: Person): Promise<QuarantineView['reasons'][]> {
    return (await this.waiting(person.organisation)).map(({ reasons }) => reasons);
  }

  /** Both people of the operator ask for it. */
  async twoPeople<T>(path: string, reason: string): Promise<T> {
    expect((await this.operators[0].post(path, { reason })).status).toBe(202);
    const done = await this.operators[1].post<T>(path, { reason });
    expect([done.status, done.body]).toEqual([200, done.body]);
    return done.body;
  }
}
