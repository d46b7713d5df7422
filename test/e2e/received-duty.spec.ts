import { Escalating } from '../../src/deliveries/duty/escalating.service';
import type { EscalationView } from '../../src/deliveries/duty/duty.dto';
import { minutes, Person, type World } from '../support/app';
import { enrol, PagedPeople } from '../support/duty';
import { PlatformSystem } from '../support/platform-system';
import { handIn, findGenuine, outsideOrder, receivingCast, OutsideKey, type ReceivingCast } from '../support/received';
import { startQuietWorld } from '../support/referral';

describe('an order from outside that a program handed in at night', () => {
  let world: World;
  let system: PlatformSystem;
  let paged: PagedPeople;
  let cast: ReceivingCast;
  let admin: Person;
  let mailbox: Person;

  beforeAll(async () => {
    system = await new PlatformSystem().listen();
    world = await startQuietWorld();
    paged = new PagedPeople(world, system);
    cast = await receivingCast(world);
    admin = await world.person(cast.platform, ['admin', 'moderator']);
    await paged.give(admin, cast.moderator.personId, '/officer');
    await paged.give(admin, cast.colleague.personId, '/second');
    await enrol(admin, cast.moderator.personId, { failover: 1 });
    await enrol(admin, cast.colleague.personId, { failover: 2 });
    const { body } = await admin.post<{ key: string }>('/v1/api-keys', {
      name: 'mailbox',
      permissions: ['received-order.hand-in', 'received-order.read'],
      expiresAt: '2026-12-01T00:00:00Z',
    });
    mailbox = new Person(world, body.key, admin.personId, cast.platform);
  });
  afterAll(async () => {
    await world?.close();
    await system?.close();
  });

  const escalate = (): Promise<unknown> => world.app.get(Escalating).escalateDue(world.clock.now());
  const pages = (): Promise<[string, string][]> => paged.pages(cast.platform);

  it('calls the duty officer at once and the second person later, without a word of what it is about, until it is decided', async () => {
    const key = new OutsideKey();
    const { body } = await handIn(mailbox, outsideOrder(), key);
    expect(body.state).toBe('quarantined');
    await escalate();
    expect(await pages()).toEqual([['/officer', expect.stringContaining('order from outside')]]);
    world.clock.advance(minutes(5));
    await escalate();
    expect((await pages()).map(([label]) => label)).toEqual(['/officer', '/second']);
    await findGenuine(cast, body.id, key);
    world.clock.advance(minutes(30));
    await escalate();
    const { body: listed } = await admin.get<{ items: EscalationView[] }>('/v1/duty/escalations');
    const waiting = listed.items.find(({ receivedOrderId }) => receivedOrderId === body.id);
    expect(waiting).toMatchObject({ side: 'received_order', endReason: 'settled', noticeId: null });
    expect(waiting?.steps.map(({ step }) => step)).toEqual(['officer', 'second_person']);
    // It is an order now: its clock calls people by itself.
    expect(listed.items.some(({ side, noticeId }) => side === 'recipient' && noticeId !== null)).toBe(true);
  });

  it('calls nobody for what a person handed in: they have it before them', async () => {
    const before = (await pages()).length;
    const { body } = await handIn(cast.moderator, outsideOrder());
    await escalate();
    expect(body.state).toBe('quarantined');
    const { rows } = await world.sql.query('select 1 from escalation where received_order_id = $1', [body.id]);
    expect([rows.length, (await pages()).length]).toEqual([0, before]);
  });
});
