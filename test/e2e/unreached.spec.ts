import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import { Reports } from '../../src/deliveries/reports.service';
import { Delivering } from '../../src/deliveries/delivering.service';
import { Escalating } from '../../src/deliveries/duty/escalating.service';
import type { BoardView, EscalationView } from '../../src/deliveries/duty/duty.dto';
import { Work } from '../../src/infra/database/work';
import { proveReceipt } from '../../src/notices/receiving';
import { minutes, type Person, type World } from '../support/app';
import { done, kinds } from '../support/redress';
import { notice, refer, startQuietWorld } from '../support/referral';

let world: World;
let analyst: Person;
let unitAdmin: Person;

beforeAll(async () => {
  world = await startQuietWorld();
  let unit;
  ({ analyst, unit } = await world.cast());
  unitAdmin = await world.person(unit, ['admin']);
});
afterAll(() => world.close());

const never = new AbortController().signal;
/** The turn that waits for its time. */
const turn = (id: string): Promise<void> =>
  world.app.get(Delivering).deliver({ noticeId: id, event: 'notice.sent', subject: null, deliveryId: null }, never);
const board = async (): Promise<BoardView> => (await analyst.get<BoardView>('/v1/board')).body;

describe('a notice that reaches nobody', () => {
  it('is told to its sender, whose people are called, and goes when there is a way', async () => {
    const platform = await world.organisation('platform', 'island', { hosts: ['island.example'], inbox: false });
    const { id, reference } = await refer(analyst, ['https://island.example/posts/1']);

    await turn(id);
    const at = world.clock.now().toISOString();
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent', clock: null, unreachedAt: at });
    expect((await board()).unreached).toMatchObject([{ noticeId: id, reference, kind: 'referral' }]);
    await world.app.get(Escalating).escalateDue(world.clock.now());
    const { body: calls } = await unitAdmin.get<{ items: EscalationView[] }>('/v1/duty/escalations');
    expect(calls.items.filter(({ noticeId }) => noticeId === id)).toMatchObject([
      { side: 'unreached', steps: [{ step: 'officer' }] },
    ]);

    const moderator = await world.person(platform, ['admin', 'moderator']);
    await done(moderator.post('/v1/contact-points', { channel: 'inbox', position: 0 }), 201);
    world.clock.advance(minutes(5));
    // The first finds the new way, the second goes it.
    for (let round = 0; round < 2; round += 1) await turn(id);
    expect(await notice(analyst, id)).toMatchObject({ state: 'received', receiptChannel: 'inbox', unreachedAt: at });
    expect((await board()).unreached).toEqual([]);
    expect((await kinds(world, id)).filter((kind) => kind === 'notice.unreached')).toHaveLength(1);
    await world.app.get(Escalating).escalateDue(new Date(world.clock.now().getTime() + minutes(5)));
    const { body: after } = await unitAdmin.get<{ items: EscalationView[] }>('/v1/duty/escalations');
    expect(after.items.find(({ side, noticeId }) => side === 'unreached' && noticeId === id)?.endReason).toBe(
      'settled',
    );
  });

  it('is tried again when its only webhook was down: after a minute, then twice as long each time', async () => {
    await world.organisation('platform', 'down', { hosts: ['down.example'], inbox: false });
    const { id } = await refer(analyst, ['https://down.example/posts/1']);
    await turn(id);
    // As after its first turn: six attempts, given up now.
    await world.sql.query(
      `insert into delivery (id, notice_id, sender_id, recipient_id, event, channel, position, state, attempts, created_at, ended_at, failure)
       select gen_random_uuid(), n.id, n.sender_id, n.recipient_id, 'notice.sent', 'mail', 1, 'failed', 6, $2, $2, 'smtp' from notice n where n.id = $1`,
      [id, world.clock.now()],
    );
    const state = async (): Promise<string | undefined> =>
      (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body[0]?.state;
    world.clock.advance(59_000);
    await turn(id);
    expect(await state()).toBe('failed');
    world.clock.advance(1_000);
    await turn(id);
    expect(await state()).not.toBe('failed');
  });

  it('is told anew when the receipt that it had proved to be none', async () => {
    await world.organisation('platform', 'again', { hosts: ['again.example'], inbox: false });
    const { id } = await refer(analyst, ['https://again.example/posts/1']);
    await turn(id);
    const { rows } = await world.sql.query<{ id: string }>(
      `insert into delivery (id, notice_id, sender_id, recipient_id, event, channel, position, state, attempts, created_at, ended_at,
         receipt_at, proof)
       select gen_random_uuid(), n.id, n.sender_id, n.recipient_id, 'notice.sent', 'mail', 1, 'delivered', 1, $2, $2, $2, 'exchanger'
       from notice n where n.id = $1 returning id`,
      [id, world.clock.now()],
    );
    const receipt = { at: world.clock.now(), channel: 'mail', actor: 'service' } as const;
    await world.app.get(Work).asWorker((tx) => proveReceipt(tx, id, receipt));
    expect(await notice(analyst, id)).toMatchObject({ state: 'received' });
    world.clock.advance(minutes(5));
    const report = { action: 'failed', status: '5.1.1' } as const;
    await world.app.get(Reports).take({ id: rows[0]!.id, report });
    await turn(id);
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent', unreachedAt: world.clock.now().toISOString() });
    expect((await kinds(world, id)).filter((kind) => kind === 'notice.unreached')).toHaveLength(2);
    const { body } = await unitAdmin.get<{ items: EscalationView[] }>('/v1/duty/escalations');
    expect(body.items.filter(({ side, noticeId }) => side === 'unreached' && noticeId === id)).toHaveLength(2);
  });
});
