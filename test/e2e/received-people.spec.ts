import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import type { ReceivedOrderDetailView } from '../../src/notices/received/received.dto';
import { Person, type World } from '../support/app';
import {
  OutsideKey,
  entriesOf,
  findGenuine,
  handIn,
  outsideOrder,
  receivingCast,
  registerAuthority,
  type ReceivingCast,
} from '../support/received';
import { startQuietWorld } from '../support/referral';

let world: World;
let cast: ReceivingCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await receivingCast(world);
});
afterAll(() => world.close());

const NO = { refutations: ['denied_by_authority'], reason: 'They know nothing of it' };

describe('people who find out whether an order is genuine', () => {
  it('decide once, also when two of them do at the same instant', async () => {
    for (let round = 0; round < 3; round += 1) {
      const key = new OutsideKey();
      const { body } = await handIn(cast.moderator, outsideOrder(), key);
      const found = { authorityId: cast.authorityId, publicKey: key.x, reason: 'Called the register' };
      const path = `/v1/received-orders/${body.id}`;
      await cast.moderator.post(`${path}/genuine`, found);
      const answers = await Promise.all([
        cast.colleague.post(`${path}/genuine`, found),
        cast.moderator.post(`${path}/not-genuine`, NO),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      const { body: after } = await cast.moderator.get<ReceivedOrderDetailView>(path);
      const isGenuine = answers[0].status === 200;
      expect([after.state, after.noticeId !== null]).toEqual([isGenuine ? 'genuine' : 'not_genuine', isGenuine]);
      expect(await cast.moderator.post(`${path}/not-genuine`, NO)).toMatchObject({
        status: 409,
        body: { code: 'received-order.decided' },
      });
      const kinds = (await entriesOf(world, body.id)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind.endsWith('genuine'))).toHaveLength(1);
    }
  });

  it('say no with their reasons: nothing runs, the same form does not wait again, and the named authority hears of it', async () => {
    const unit = await world.organisation('authority', 'unit-b', {
      name: 'Unit B',
      country: 'FR',
      competences: ['order'],
    });
    const analyst = await world.person(unit, ['analyst']);
    await registerAuthority(world, { name: 'Unit B', organisationId: unit.id });
    const form = outsideOrder({ e: { name: 'Unit B' } });
    const { body } = await handIn(cast.moderator, form, new OutsideKey());
    const decided = await cast.colleague.post<ReceivedOrderDetailView>(
      `/v1/received-orders/${body.id}/not-genuine`,
      NO,
    );
    expect(decided.body).toMatchObject({
      state: 'not_genuine',
      noticeId: null,
      ifGenuine: null,
      decision: { refutations: ['denied_by_authority'], reason: NO.reason },
    });
    expect((await handIn(cast.moderator, form)).body).toMatchObject({ id: body.id, state: 'not_genuine' });
    const [last] = (await entriesOf(world, body.id)).slice(-1);
    expect(last).toMatchObject({ kind: 'received-order.not-genuine', dims: { refutations: ['denied_by_authority'] } });
    expect(last!.audience.toSorted()).toEqual([cast.platform.id, unit.id].sort());
    // What the platform heard on the telephone stays its own.
    expect((await analyst.get(`/v1/received-orders/${body.id}`)).status).toBe(403);
    const bad = await cast.moderator.post(`/v1/received-orders/${body.id}/not-genuine`, { ...NO, refutations: [] });
    expect(bad.status).toBe(400);
  });

  it('are two who overturn what one had said, and say that they do', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder());
    const path = `/v1/received-orders/${body.id}`;
    await cast.moderator.post(`${path}/not-genuine`, NO);
    expect(await findGenuine(cast, body.id)).toMatchObject({ status: 409, body: { code: 'received-order.decided' } });
    const found = { authorityId: cast.authorityId, reason: 'They called back', overturn: true };
    expect((await cast.moderator.post(`${path}/genuine`, found)).status).toBe(202);
    const overturned = await cast.colleague.post<ReceivedOrderDetailView>(`${path}/genuine`, found);
    expect(overturned.body).toMatchObject({
      state: 'genuine',
      receivedAt: body.receivedAt,
      decision: { refutations: [] },
    });
    expect(overturned.body.noticeId).not.toBeNull();
    expect((await entriesOf(world, body.id)).at(-1)).toMatchObject({ dims: { overturns: true } });
  });

  it('are people: a key hands in and reads, and decides nothing', async () => {
    const admin = await world.person(cast.platform, ['admin', 'moderator']);
    const made = await admin.post<{ key: string }>('/v1/api-keys', {
      name: 'mailbox',
      permissions: ['received-order.hand-in', 'received-order.read'],
      expiresAt: '2026-12-01T00:00:00Z',
    });
    const machine = new Person(world, made.body.key, admin.personId, cast.platform);
    const { status, body } = await handIn(machine, outsideOrder());
    expect([status, body.state]).toEqual([201, 'quarantined']);
    const path = `/v1/received-orders/${body.id}`;
    expect((await machine.get(path)).status).toBe(200);
    expect((await machine.post(`${path}/not-genuine`, NO)).status).toBe(403);
    expect((await machine.post(`${path}/genuine`, { authorityId: cast.authorityId, reason: 'Because' })).status).toBe(
      403,
    );
  });
});

describe('what a platform received', () => {
  it('is nobody else’s: not another platform’s, an authority’s or the operator’s, and its pinned key binds it alone', async () => {
    const key = new OutsideKey();
    const form = outsideOrder();
    const { body } = await handIn(cast.moderator, form, key);
    const taken = await findGenuine(cast, body.id, key);
    const other = await world.organisation('platform', 'quayside', { name: 'Quayside', hosts: ['quayside.example'] });
    const stranger = await world.person(other, ['moderator', 'supervisor']);
    const operator = await world.person(await world.organisation('operator', 'service'), ['operator']);
    for (const path of ['', '/form', '/text', '/answer']) {
      expect((await stranger.get(`/v1/received-orders/${body.id}${path}`)).status).toBe(404);
      expect((await operator.get(`/v1/received-orders/${body.id}${path}`)).status).toBe(403);
    }
    expect((await stranger.get(`/v1/notices/${taken.body.noticeId}`)).status).toBe(404);
    expect((await stranger.get<{ items: unknown[] }>('/v1/received-orders')).body.items).toEqual([]);
    expect((await stranger.get<unknown[]>('/v1/received-orders/keys')).body).toEqual([]);
    expect((await stranger.post(`/v1/received-orders/keys/${key.kid}/retire`)).status).toBe(404);
    const theirs = await handIn(stranger, form, key);
    expect(theirs.body.id).not.toBe(body.id);
    expect(theirs.body.reasons).toEqual(['unknown_signer', 'not_addressed_to_us']);
    expect(theirs.body.sameSubject).toEqual([]);
  });

  it('stands so in the database: another scope sees no row and takes nothing up', async () => {
    const { body } = await handIn(cast.moderator, outsideOrder());
    const stranger = await world.organisation('platform', `p-${randomBytes(3).toString('hex')}`);
    const app = new Client(world.database.app);
    await app.connect();
    const as = async <T>(organisationId: string, statement: string, values: unknown[] = []): Promise<T[]> => {
      await app.query('begin');
      try {
        const { rows: pid } = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
        const scope = signScope(world.database.scopeKey, organisationId, null, pid[0]!.pid);
        await app.query(`select set_config('app.scope', $1, true)`, [scope]);
        return (await app.query(statement, values)).rows as T[];
      } finally {
        await app.query('rollback');
      }
    };
    for (const table of ['received_order', 'received_order_key', 'received_order_answer', 'outside_authority']) {
      expect(await as(stranger.id, `select 1 from ${table}`)).toEqual([]);
    }
    expect(await as(stranger.id, `select 1 from organisation where kind = 'external'`)).toEqual([]);
    const takeUp = `select take_up_received_order($1, '{}', '[]', '{}', now())`;
    for (const who of [stranger.id, cast.platform.id]) {
      await expect(as(who, takeUp, [body.id])).rejects.toThrow(/not to be taken up/);
    }
    const forged = `update received_order set notice_id = gen_random_uuid() where id = $1`;
    await expect(as(cast.platform.id, forged, [body.id])).rejects.toThrow(/permission denied/);
    await app.end();
  });
});
