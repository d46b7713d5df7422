import { COMMON_LIST } from '../../src/signals/changes';
import { startWorld, type Person, type World } from '../support/app';
import { issue, type Issued } from '../support/exchange';

const PROBLEM = 'application/problem+json; charset=utf-8';
const TAXII = 'application/taxii+json;version=2.1';

interface Heard {
  readonly status: number;
  readonly type: unknown;
  readonly allow: unknown;
  readonly body: string;
}

describe('methods and addresses that a client gets wrong', () => {
  let world: World;
  let admin: Person;
  let credential: Issued;

  beforeAll(async () => {
    world = await startWorld();
    const { platform } = await world.cast();
    admin = await world.person(platform, ['admin', 'curator']);
    credential = await issue(admin, { protocol: 'taxii', lists: [COMMON_LIST] });
  });
  afterAll(() => world.close());

  const ask = async (method: string, url: string, headers: Record<string, string> = {}): Promise<Heard> => {
    const answer = await world.app.inject({ method: method as 'GET', url, headers });
    const { 'content-type': type, allow } = answer.headers;
    return { status: answer.statusCode, type, allow, body: answer.payload };
  };
  const basic = (): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${credential.username}:${credential.secrets.password}`).toString('base64')}`,
  });

  it.each([
    ['PUT', '/v1/signals/feed', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v1/signal-lists', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/exchange/stopncii/SubmitHashes', 'OPTIONS, POST'],
    ['TRACE', '/health', 'GET, HEAD, OPTIONS'],
  ])('answers %s %s with the methods that it has there', async (method, url, allow) => {
    const heard = await ask(method, url);
    expect(heard).toMatchObject({ status: 405, type: PROBLEM, allow });
    expect(JSON.parse(heard.body)).toMatchObject({ code: 'request.method-not-allowed', status: 405 });
  });

  it.each([
    ['/v1/signals/feed', 'GET, HEAD, OPTIONS'],
    ['/v1/signal-lists/', 'GET, HEAD, OPTIONS, POST'],
    ['/taxii2/signals/collections?match[type]=x', 'GET, HEAD, OPTIONS'],
  ])('answers OPTIONS %s with them alone, and names no other origin', async (url, allow) => {
    const heard = await ask('OPTIONS', url, { origin: 'https://elsewhere.example' });
    expect(heard).toMatchObject({ status: 204, allow, body: '' });
    const { headers } = await world.app.inject({ method: 'OPTIONS', url });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers HEAD as GET, without the body', async () => {
    expect(await ask('HEAD', '/health')).toMatchObject({ status: 200, body: '' });
    expect(await ask('HEAD', '/taxii2/', basic())).toMatchObject({ status: 200, type: TAXII, body: '' });
    expect((await ask('HEAD', '/v1/signals/feed')).status).toBe(401);
  });

  it('has no methods for an address that does not exist', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
      expect(await ask(method, '/v1/nothing/here')).toMatchObject({ status: 404, allow: undefined });
    }
  });

  it.each([
    ['GET', '/taxii2/nothing/here', 404],
    ['GET', '/taxii2/signals/collections/x/unheard-of/', 404],
    ['GET', '/taxii2/%ff', 400],
    ['GET', '/taxii2/signals/%zz/', 400],
    ['PUT', '/taxii2/', 405],
    ['PUT', '/taxii2/signals/collections/x/objects/', 405],
    ['POST', '/taxii2/signals/collections/', 405],
    ['GET', `/taxii2/signals/collections/${'x'.repeat(400)}/`, 404],
    ['GET', '/taxii2', 401],
    ['GET', '/taxii2?limit=0', 401],
  ])('answers %s %s in the media type of TAXII', async (method, url, status) => {
    const heard = await ask(method, url);
    expect(heard).toMatchObject({ status, type: TAXII });
    expect(JSON.parse(heard.body)).toMatchObject({ title: expect.any(String), http_status: `${status}` });
  });

  it('keeps that form to TAXII’s own addresses', async () => {
    for (const url of ['/taxii22', '/v1/taxii2', '/%ff?x=/taxii2']) expect((await ask('GET', url)).type).toBe(PROBLEM);
  });

  it('refuses an empty filter of a collection instead of serving nothing for ever', async () => {
    for (const filter of ['match[type]=,', 'match[id]=indicator--1,']) {
      const heard = await ask('GET', `/taxii2/signals/collections/${COMMON_LIST}/objects/?${filter}`, basic());
      expect([heard.status, JSON.parse(heard.body).description]).toEqual([400, expect.stringContaining('/match[')]);
    }
  });

  it('refuses an empty choice of lists with its pointer instead of serving nothing for ever', async () => {
    const issued = await issue(admin, { protocol: 'feed', lists: [COMMON_LIST] });
    for (const lists of ['', ',', `${COMMON_LIST},`]) {
      const headers = { authorization: `Bearer ${issued.secrets.token}` };
      const heard = await ask('GET', `/exchange/feed?lists=${lists}`, headers);
      expect([lists, heard.status, JSON.parse(heard.body).errors?.[0]?.pointer]).toEqual([lists, 400, '/lists']);
    }
    const whole = await admin.get<{ errors: { pointer: string }[] }>('/v1/signals/export?list=');
    expect([whole.status, whole.body.errors[0]?.pointer]).toEqual([400, '/list']);
  });
});
