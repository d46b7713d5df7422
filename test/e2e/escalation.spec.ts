import { Escalating } from '../../src/deliveries/duty/escalating.service';
import type { EscalationView } from '../../src/deliveries/duty/duty.dto';
import { Work } from '../../src/infra/database/work';
import { proveReceipt } from '../../src/notices/receiving';
import { minutes, type CastOrganisation, type Person, type World } from '../support/app';
import { enrol, PagedPeople, stepsOf } from '../support/duty';
import { draftOrder, EMERGENCY, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { PlatformSystem } from '../support/platform-system';
import { freshUrl, refer, startQuietWorld } from '../support/referral';

let world: World;
let system: PlatformSystem;
let paged: PagedPeople;

beforeAll(async () => {
  world = await startQuietWorld();
  system = await new PlatformSystem().listen();
  paged = new PagedPeople(world, system);
});
afterAll(async () => {
  await world?.close();
  await system?.close();
});

const escalate = (): Promise<unknown> => world.app.get(Escalating).escalateDue(world.clock.now());

interface Staffed extends OrderCast {
  readonly unitAdmin: Person;
  readonly second: Person;
}

/** Two people and a supervisor at the platform, one at the authority, each with a pager. */
async function staffed(): Promise<Staffed> {
  const cast = await orderCast(world);
  const second = await world.person(cast.platform, ['moderator']);
  const boss = await world.person(cast.platform, ['supervisor']);
  const unitAdmin = await world.person(cast.unit, ['admin']);
  for (const [who, path, more] of [
    [cast.moderator, '/first', { failover: 1 }],
    [second, '/second', { failover: 2, pageLanguage: 'fr' }],
    [boss, '/boss', { failover: 9 }],
  ] as const) {
    await paged.give(cast.platformAdmin, who.personId, path);
    await enrol(cast.platformAdmin, who.personId, more);
  }
  await paged.give(unitAdmin, cast.analyst.personId, '/analyst');
  await paged.give(unitAdmin, cast.supervisor.personId, '/supervisor');
  await enrol(unitAdmin, cast.analyst.personId);
  return { ...cast, unitAdmin, second };
}

/** Its receipt, as a channel proves it: no person has acknowledged anything. */
async function receiveOrder(cast: OrderCast): Promise<string> {
  const { id } = await sendOrder(cast);
  await world.app
    .get(Work)
    .asWorker((tx) => proveReceipt(tx, id, { at: world.clock.now(), channel: 'webhook', actor: 'service' }));
  return id;
}

async function after(minute: number): Promise<void> {
  world.clock.advance(minutes(minute));
  await escalate();
}
const texts = async (organisation: CastOrganisation): Promise<string[]> =>
  (await paged.pages(organisation)).map(([label, text]) => `${label} ${text}`);

describe('an order that nobody acknowledges', () => {
  it('calls duty officer, second person and supervisor of the platform, and tells the sender’s, each once', async () => {
    const cast = await staffed();
    // The target of referrals to it; an order has its hour.
    await world.sql.query('update provider_entry set referral_target_minutes = 30 where platform_id = $1', [
      cast.platform.id,
    ]);
    const id = await receiveOrder(cast);
    const before = (await texts(cast.unit)).length;
    await Promise.all([escalate(), escalate(), escalate()]);
    for (const minute of [4, 1, 5, 10, 5, 20, 10, 5]) {
      await after(minute);
      await escalate();
    }
    expect(await texts(cast.platform)).toEqual([
      '/first order, 60 min left',
      '/second injonction, reste 55 min',
      '/boss order, 40 min left',
      '/first order, 35 min left',
      '/boss order, 15 min left',
    ]);
    expect((await texts(cast.unit)).slice(before)).toEqual([
      '/analyst order, 50 min left',
      '/analyst order, 40 min left',
      '/analyst order, 15 min left',
      '/analyst order, 5 min left',
    ]);
    const { rows } = await world.sql.query<{ n: number }>(
      `select count(*)::int as n from ledger_entry where kind = 'escalation.step' and notice_id = $1`,
      [id],
    );
    expect(rows[0]?.n).toBe((await stepsOf(world, id)).length);
    const { body } = await cast.platformAdmin.get<{ items: EscalationView[] }>('/v1/duty/escalations');
    expect(body.items[0]).toMatchObject({ noticeId: id, side: 'recipient', endReason: 'exhausted' });
    expect(body.items.every(({ side }) => side !== 'sender')).toBe(true);
  });

  it('stops with an acknowledgement but for the marks, and with the answer altogether', async () => {
    const cast = await staffed();
    const id = await receiveOrder(cast);
    await escalate();
    await after(6);
    const view = await cast.moderator.post<{ items: { itemId: string }[] }>(`/v1/notices/${id}/acknowledge`);
    expect(view.status).toBe(200);
    const before = (await texts(cast.platform)).length;
    await after(16);
    expect(await texts(cast.platform)).toHaveLength(before);
    await after(4);
    expect((await texts(cast.platform)).slice(before)).toEqual(['/first order, 34 min left']);
    const answers = view.body.items.map(({ itemId }) => ({
      itemId,
      outcome: 'removed',
      measureAt: world.clock.now().toISOString(),
    }));
    expect((await cast.moderator.post(`/v1/notices/${id}/answer`, { answers })).status).toBe(200);
    await after(60);
    expect(await texts(cast.platform)).toHaveLength(before + 1);
  });

  it('goes on where a machine of the platform has acknowledged: no person has seen it', async () => {
    const cast = await staffed();
    const made = await cast.platformAdmin.post<{ key: string }>('/v1/api-keys', {
      name: 'Intake',
      permissions: ['notice.acknowledge'],
      expiresAt: new Date(world.clock.now().getTime() + minutes(24 * 60)).toISOString(),
    });
    expect(made.status).toBe(201);
    const id = await receiveOrder(cast);
    await escalate();
    const key = { authorization: `Bearer ${made.body.key}` };
    expect((await world.send('POST', `/v1/notices/${id}/acknowledge`, {}, key)).status).toBe(200);
    await after(5);
    expect(await texts(cast.platform)).toEqual(['/first order, 60 min left', '/second injonction, reste 55 min']);
  });

  it('is over with an obstacle, and begins again with the full hour after it', async () => {
    const cast = await staffed();
    const id = await receiveOrder(cast);
    await escalate();
    const said = await cast.moderator.post(`/v1/notices/${id}/impossible`, { explanation: 'The power has failed' });
    expect(said.status).toBe(200);
    await after(50);
    expect(await texts(cast.platform)).toHaveLength(1);
    expect((await cast.moderator.post(`/v1/notices/${id}/possible-again`)).status).toBe(200);
    await after(25);
    expect((await texts(cast.platform)).slice(1)).toEqual(['/first order, 35 min left']);
    const { rows } = await world.sql.query<{ run_no: number; end_reason: string | null }>(
      `select run_no, end_reason from escalation where notice_id = $1 and side = 'recipient' order by run_no`,
      [id],
    );
    expect(rows).toEqual([
      { run_no: 1, end_reason: 'settled' },
      { run_no: 2, end_reason: null },
    ]);
  });

  it('after an outage of twenty minutes calls for the last step alone and records the others', async () => {
    const cast = await staffed();
    const id = await receiveOrder(cast);
    await after(21);
    const steps = (await stepsOf(world, id)).filter(({ side }) => side === 'recipient');
    expect(steps.map(({ step, stale, called }) => [step, stale, called])).toEqual([
      ['officer', true, 0],
      ['second_person', true, 0],
      ['next_channel', true, 0],
      ['supervisor', false, 1],
    ]);
    expect(await texts(cast.platform)).toEqual(['/boss order, 39 min left']);
  });

  it('keeps the times that an organisation has set, and calls the next where somebody has no pager', async () => {
    const cast = await staffed();
    const times = {
      timeZone: 'Europe/Paris',
      secondMinutes: 2,
      channelMinutes: 10,
      supervisorMinutes: 8,
      answerMinutes: 60,
    };
    expect((await cast.platformAdmin.post('/v1/duty/settings', times)).status).toBe(200);
    await world.sql.query(`update pager set removed_at = now() where person_id = $1`, [cast.moderator.personId]);
    await receiveOrder(cast);
    await escalate();
    await after(2);
    await after(6);
    expect(await texts(cast.platform)).toEqual([
      '/second injonction, reste 60 min',
      '/second injonction, reste 58 min',
      '/boss order, 52 min left',
    ]);
  });
});

describe('an order that waits for its second signature', () => {
  it('calls another who may sign it once somebody has asked for that, until it is signed', async () => {
    const cast = await staffed();
    const { id } = await draftOrder(cast, EMERGENCY);
    await after(30);
    expect(await texts(cast.unit)).toEqual([]);
    expect((await cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Ready to go' })).status).toBe(202);
    await escalate();
    expect(await texts(cast.unit)).toEqual(['/supervisor order, signature asked']);
    expect((await cast.supervisor.post(`/v1/notices/${id}/sign`)).status).toBe(200);
    await after(30);
    expect(await texts(cast.unit)).toHaveLength(1);
  });
});

describe('an organisation without a roster and without pagers', () => {
  it('has no escalation: there is nobody whom it could call', async () => {
    const { analyst } = await world.cast();
    const { id } = await refer(analyst, [freshUrl()]);
    await escalate();
    expect(await stepsOf(world, id)).toEqual([]);
  });
});
