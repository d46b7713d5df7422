import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { NewWebhookView } from '../../src/deliveries/deliveries.dto';
import { SettableClock } from '../../src/infra/clock-source';
import { SignalUpkeep } from '../../src/signals/store/upkeep.service';
import { startWorld, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { OtherSide } from '../support/exchange-inbound';
import { eventually, hurry } from '../support/referral';

interface Told {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Message {
  readonly type: string;
  readonly data: { readonly subjects: { readonly signal?: string }; readonly [member: string]: unknown };
}

/** A body that contributes, one that disputes and one that has nothing to do with it, each with a system of its own. */
describe('a webhook of an organisation', () => {
  let world: World;
  let there: OtherSide;
  let contributor: Person;
  let doubter: Person;
  let told: Told[];
  let status: number;
  const secrets: Record<string, string> = {};

  beforeAll(async () => {
    // Receivers refuse a signature that is older than five minutes by their own clock.
    world = await startWorld({ clock: new SettableClock(new Date()) });
    there = await new OtherSide().listen();
    there.reply = ({ url = '', headers }, response, body) => {
      told.push({ url, headers, body });
      response.writeHead(status).end();
    };
    const { unit, platform } = await world.cast();
    contributor = await world.person(unit, ['analyst', 'curator', 'admin']);
    doubter = await world.person(platform, ['curator', 'admin']);
    const stranger = await world.person(await world.organisation('platform', 'elsewhere'), ['admin']);
    for (const [name, admin] of Object.entries({ contributor, doubter, stranger })) {
      const { body } = await admin.post<NewWebhookView>('/v1/webhooks', { url: there.url(`/${name}`) });
      secrets[`/${name}`] = body.secret ?? '';
    }
  });
  afterAll(async () => {
    await world?.close();
    await there?.close();
  });
  beforeEach(() => {
    told = [];
    status = 204;
  });

  async function disputed(name: string): Promise<string> {
    const hash = { type: 'pdq', value: hashOf(name), quality: 90, labels: {} };
    const { body } = await contributor.post<{ id: string }>('/v1/signals', hash);
    const opinion = { opinion: 'dispute', reason: 'journalistic', note: 'An evening news programme' };
    expect((await doubter.post(`/v1/signals/${body.id}/opinion`, opinion)).status).toBeLessThan(300);
    return body.id;
  }

  /** As the library of the standard reads it; it throws when the signature is not good. */
  function read({ url, headers, body }: Told): Message {
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return new Webhook(secrets[url] ?? '').verify(body, texts) as Message;
  }

  const untilTold = (count: number): Promise<Told[]> =>
    eventually(
      () => Promise.resolve(told),
      ({ length }) => length >= count,
    );

  it('tells a contributor of a dispute, signed and without its text, and nobody who is not concerned', async () => {
    const id = await disputed('told of a dispute');
    const [first] = await untilTold(1);
    expect(first?.url).toBe('/contributor');
    expect(first?.body).not.toContain('evening');
    expect(read(first!)).toMatchObject({
      type: 'signal.disputed',
      data: { entryId: first?.headers['webhook-id'], subjects: { signal: id }, dims: { reason: 'journalistic' } },
    });
    const { body } = await doubter.get<{ items: { id: string }[] }>(`/v1/signal-disputes?signal=${id}`);
    const decision = { outcome: 'upheld', note: 'It was the news.' };
    const decided = await contributor.post(`/v1/signal-disputes/${body.items[0]?.id}/resolve`, decision);
    expect([decided.status, decided.body]).toEqual([200, expect.anything()]);
    const [, second] = await untilTold(2);
    // Each learns what the other did, and nobody what it did itself.
    expect(second?.url).toBe('/doubter');
    expect(read(second!)).toMatchObject({ type: 'signal.dispute-decided', data: { dims: { outcome: 'upheld' } } });
    expect(told.map(({ url }) => url)).toEqual(['/contributor', '/doubter']);
  });

  it('is asked again in the queue of its organisation, so that a slow one takes one worker and not all', async () => {
    status = 503;
    for (const name of ['one', 'two', 'three']) await disputed(`told slowly ${name}`);
    await untilTold(3);
    const { rows } = await eventually(
      () =>
        world.sql.query<{ queue: string }>(`select q.queue_name as queue from graphile_worker._private_jobs j
          join graphile_worker._private_tasks t on t.id = j.task_id
          left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
          where t.identifier = 'tell' and j.run_at > now() and j.locked_at is null`),
      ({ rowCount }) => rowCount === 3,
    );
    expect(new Set(rows.map(({ queue }) => queue))).toEqual(new Set([`tell:${contributor.organisation.id}`]));
    await world.sql.query('delete from graphile_worker._private_jobs where locked_at is null');
  });

  it('is asked again under the same id when it does not answer well, and given up in the end', async () => {
    status = 503;
    await disputed('told in vain');
    for (let count = 1; count <= 6; count++) {
      await untilTold(count);
      await eventually(
        async () =>
          (await world.sql.query(`select 1 from graphile_worker._private_jobs where locked_at is not null`)).rowCount,
        (running) => running === 0,
      );
      await hurry(world);
    }
    const { rowCount } = await world.sql.query(`select 1 from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'tell'`); // prettier-ignore
    expect(rowCount).toBe(0);
    expect(told).toHaveLength(6);
    expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('tells a contributor that it is asked to look again', async () => {
    const { body } = await contributor.post<{ id: string }>('/v1/signals', {
      type: 'pdq',
      value: hashOf('looked at long ago'),
      quality: 90,
      labels: {},
    });
    await world.sql.query(
      `update signal_contribution set reviewed_at = now() - interval '25 months', contributed_at = now() - interval '25 months' where signal_id = $1`,
      [body.id],
    );
    await world.app.get(SignalUpkeep).run(world.clock.now());
    const [first] = await untilTold(1);
    expect(first?.url).toBe('/contributor');
    expect(read(first!)).toMatchObject({ type: 'signal.review-due', data: { subjects: { signal: body.id } } });
  });
});
