import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { page } from '../../src/deliveries/pagers/paging';
import type { PagerView, PageView } from '../../src/deliveries/pagers/pagers.dto';
import { Work } from '../../src/infra/database/work';
import { startWorld, type Person, type World } from '../support/app';
import { eventually, hurry, refer } from '../support/referral';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let world: World;
let analyst: Person;
let server: Server;
let base: string;
let serial = 0;
const calls: Call[] = [];
const statuses = new Map<string, number[]>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path, body] = [request.url ?? '', await text(request)];
  calls.push({ method: request.method ?? '', path, headers: request.headers, body });
  const left = statuses.get(path) ?? [200];
  response.writeHead((left.length > 1 ? left.shift() : left[0]) ?? 200).end('{}');
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  world = await startWorld();
  ({ analyst } = await world.cast());
});
afterAll(async () => {
  await world?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

const callsOf = (path: string): Call[] => calls.filter((call) => call.path === path);

async function platform(): Promise<{ admin: Person; refer: () => Promise<{ id: string }> }> {
  serial += 1;
  const slug = `paged-${serial}`;
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`] });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  return { admin, refer: () => refer(analyst, [`https://${slug}.example/private/1`]) };
}

async function ntfyOf(admin: Person, path: string): Promise<PagerView> {
  const settings = { url: `${base}${path}`, token: 'tk-secret' };
  const answer = await admin.post<PagerView>('/v1/pagers', { kind: 'ntfy', label: 'Duty', settings });
  expect(answer.status).toBe(201);
  return answer.body;
}

const pagesOf = async (admin: Person): Promise<readonly PageView[]> =>
  (await admin.get<{ items: PageView[] }>('/v1/pagers/pages')).body.items;

describe('a pager', () => {
  it('of a platform is called once for a notice, without its content, and proves no receipt', async () => {
    const { admin, refer: send } = await platform();
    const pager = await ntfyOf(admin, '/duty-1');
    await admin.post('/v1/contact-points', { channel: 'pager', position: 0, pagerId: pager.id, language: 'fr' });
    const { id } = await send();
    await eventually(
      async () => callsOf('/duty-1'),
      (all) => all.length > 0,
    );
    const [page1] = await eventually(
      () => pagesOf(admin),
      ([first]) => first?.state === 'sent',
    );
    expect(page1).toMatchObject({
      text: 'signalement, réponse demandée',
      attempts: [{ outcome: 'sent', status: 200 }],
    });
    expect(callsOf('/duty-1')).toHaveLength(1);
    expect(callsOf('/duty-1')[0]).toMatchObject({ method: 'POST', body: 'signalement, réponse demandée' });
    expect(callsOf('/duty-1')[0]?.headers).toMatchObject({ authorization: 'Bearer tk-secret', priority: '3' });
    const log = await analyst.get<{ channel: string; state: string; proof: string | null }[]>(
      `/v1/notices/${id}/deliveries`,
    );
    expect(log.body.find(({ channel }) => channel === 'pager')).toMatchObject({ state: 'told', proof: null });
    const got = await eventually(
      async () => (await analyst.get<{ state: string; receiptChannel: string }>(`/v1/notices/${id}`)).body,
      ({ state }) => state === 'received',
    );
    expect(got.receiptChannel).toBe('inbox');
  });

  it('by text message or Matrix is called as its settings say', async () => {
    const { admin } = await platform();
    const sms = {
      url: `${base}/sms?to={to}`,
      headers: { 'X-Key': '{secret}' },
      body: 'text={text}',
      to: '+33 1 00',
      secret: 'sms-secret',
    };
    const matrix = { homeserver: base, room: '!duty:m.example', token: 'mx-secret' };
    for (const [kind, settings] of [
      ['sms', sms],
      ['matrix', matrix],
    ] as const) {
      // prettier-ignore
      const made = await admin.post<PagerView>('/v1/pagers', { kind, label: kind, settings });
      expect(made.status).toBe(201);
      const tested = await admin.post(`/v1/pagers/${made.body.id}/test`);
      expect(tested.body).toEqual({ sent: true, status: 200, problem: null });
    }
    expect(callsOf('/sms?to=%2B33%201%2000')[0]).toMatchObject({
      body: 'text=Clepsydra%3A%20test',
      headers: { 'x-key': 'sms-secret' },
    });
    const toRoom = calls.find(({ path }) => path.startsWith('/_matrix/client/v3/rooms/!duty%3Am.example/send/'));
    expect(toRoom).toMatchObject({ method: 'PUT', headers: { authorization: 'Bearer mx-secret' } });
  });

  it('that fails is called again, and every attempt is kept', async () => {
    const { admin } = await platform();
    const pager = await ntfyOf(admin, '/failing');
    statuses.set('/failing', [500, 429, 200]);
    const words = { text: 'order, 52 min left', priority: 'urgent', key: 'mark-1', at: world.clock.now() } as const;
    const ask = (): Promise<number> => world.app.get(Work).asWorker((tx) => page(tx, { pagerId: pager.id }, words));
    expect([await ask(), await ask()]).toEqual([1, 0]);
    const [done] = await eventually(
      async () => {
        await hurry(world);
        return pagesOf(admin);
      },
      ([first]) => first?.state === 'sent',
    );
    expect(done?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failed', 500],
      ['failed', 429],
      ['sent', 200],
    ]);
    expect(callsOf('/failing').at(-1)?.headers.priority).toBe('5');
  });

  it('that says that the call is wrong is not called again', async () => {
    const { admin } = await platform();
    const pager = await ntfyOf(admin, '/wrong');
    statuses.set('/wrong', [403]);
    const words = { text: 'order, 5 min left', priority: 'urgent', key: 'mark-2', at: world.clock.now() } as const;
    await world.app.get(Work).asWorker((tx) => page(tx, { pagerId: pager.id }, words));
    const [failed] = await eventually(
      () => pagesOf(admin),
      ([first]) => first?.state === 'failed',
    );
    expect(failed?.attempts).toMatchObject([{ outcome: 'refused', status: 403, problem: 'status-403' }]);
  });

  it('of a person is reached by the person, and one of nobody in particular by the organisation', async () => {
    const { admin } = await platform();
    const settings = { url: `${base}/person` };
    const own = { kind: 'ntfy', label: 'Mine', settings, personId: admin.personId };
    const mine = await admin.post<PagerView>('/v1/pagers', own);
    expect(mine.body).toMatchObject({ personId: admin.personId });
    const stranger = { ...own, personId: analyst.personId };
    expect(await admin.post('/v1/pagers', stranger)).toMatchObject({
      status: 400,
      body: { code: 'pager.person-unknown' },
    });
    const organisationId = admin.organisation.id;
    const words = { text: 'referral, answer asked', priority: 'normal', key: 'k', at: world.clock.now() } as const;
    const reach = (personId: string | null): Promise<number> =>
      world.app.get(Work).asWorker((tx) => page(tx, { organisationId, personId }, words));
    expect([await reach(null), await reach(admin.personId)]).toEqual([0, 1]);
  });
});

describe('a pager’s settings', () => {
  it('are never shown again, and lie wrapped in the database, the address too', async () => {
    const { admin } = await platform();
    await ntfyOf(admin, '/hidden-topic');
    const listed = await admin.get('/v1/pagers');
    const { rows } = await world.sql.query<{ wrapped: Buffer }>('select settings_wrapped as wrapped from pager');
    const stored = await world.sql.query('select answer from idempotency_key');
    const all = `${JSON.stringify(listed.body)}${rows.map(({ wrapped }) => wrapped.toString('latin1')).join()}${JSON.stringify(stored.rows)}`;
    for (const secret of ['tk-secret', 'hidden-topic']) expect(all).not.toContain(secret);
  });

  it('that lead to a private address are refused', async () => {
    const { admin } = await platform();
    const settings = { url: 'http://10.0.0.1/topic' };
    const refused = await admin.post('/v1/pagers', { kind: 'ntfy', label: 'Inside', settings });
    expect(refused).toMatchObject({ status: 422, body: { code: 'egress.refused-address' } });
  });

  it('and its pages are nobody else’s to see or to use', async () => {
    const [one, other] = [await platform(), await platform()];
    const { id } = await ntfyOf(one.admin, '/one');
    for (const verb of ['test', 'remove'])
      expect((await other.admin.post(`/v1/pagers/${id}/${verb}`)).status).toBe(404);
    const point = { channel: 'pager', position: 1, pagerId: id };
    expect((await other.admin.post('/v1/contact-points', point)).body).toMatchObject({ code: 'contact.pager-unknown' });
    expect(await pagesOf(other.admin)).toEqual([]);
    expect((await one.admin.post(`/v1/pagers/${id}/remove`)).status).toBe(200);
    expect((await one.admin.get('/v1/pagers')).body).toEqual([]);
  });
});
