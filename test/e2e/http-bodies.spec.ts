import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Authentication } from '../../src/accounts/authentication.service';
import { Door } from '../../src/accounts/door.service';
import type { AuthenticatedRequest } from '../../src/infra/http/allow';
import { startWorld, type Answer, type Person, type World } from '../support/app';

interface Problem {
  readonly code: string;
  readonly maxValues?: number;
  readonly errors?: { pointer: string; detail: string }[];
}

const MARK = 'read-me-if-you-may';
const JSON_TYPE = { 'content-type': 'application/json' };
const BATCH = '/v1/signals/match/batch';

describe('a body', () => {
  let world: World;
  let moderator: Person;
  let auditor: Person;
  let address: string;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
    auditor = await world.person(await world.organisation('oversight', 'auditors'), ['auditor']);
    address = await world.listen();
  });
  afterAll(() => world.close());

  /** How often a text with the mark in it was parsed meanwhile. */
  async function parsed<T>(work: () => Promise<T>): Promise<[times: number, answer: T]> {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const answer = await work();
      return [parse.mock.calls.filter(([text]) => text.includes(MARK)).length, answer];
    } finally {
      parse.mockRestore();
    }
  }

  const send = (url: string, headers: Record<string, string>, body = `{"a":"${MARK}"}`): Promise<Answer<Problem>> =>
    world.send<Problem>('POST', url, body, { ...JSON_TYPE, ...headers });

  const bearer = (person: Person): Record<string, string> => ({ authorization: `Bearer ${person.token}` });

  it('is parsed when its sender may send it', async () => {
    const [times, { status }] = await parsed(() => send(BATCH, bearer(moderator)));
    expect([times, status]).toEqual([1, 400]);
  });

  it.each([
    ['/v1/cases', 401, 'auth.required'],
    [BATCH, 401, 'auth.required'],
    ['/v1/signals/0199aaaa-0000-7000-8000-000000000000/opinion', 401, 'auth.required'],
    ['/v1/session/password', 401, 'auth.required'],
    ['/exchange/stopncii/SubmitHashes', 401, 'exchange.credential-refused'],
    ['/exchange/tat/hash-verification/api/v2', 401, 'exchange.credential-refused'],
    ['/v1/nothing-here', 404, 'request.not-found'],
  ])('to %s is not parsed for who shows no credential', async (url, status, code) => {
    const [times, answer] = await parsed(() => send(url, {}));
    expect([times, answer.status, answer.body.code]).toEqual([0, status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('is not parsed for an unknown credential, nor for one without the permission', async () => {
    const [unknown, first] = await parsed(() => send(BATCH, { authorization: 'Bearer clk_unknown' }));
    expect([unknown, first.status, first.body.code]).toEqual([0, 401, 'auth.expired']);
    const [unpermitted, second] = await parsed(() => send('/v1/cases', bearer(auditor)));
    expect([unpermitted, second.status]).toEqual([0, 403]);
    expect(second.body.code).toMatch(/^auth\.no/);
  });

  it('is refused for its sender before it has come: the answer does not wait for the rest', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...JSON_TYPE, 'content-length': `${8 * 2 ** 20}` };
      const request = httpRequest(`${address}${BATCH}`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.write('{"type":"pdq","values":[');
    });
    expect(status).toBe(401);
  });

  it('of a batch is refused by its announced length, and otherwise by the number of its values before it is parsed', async () => {
    const [long, first] = await parsed(() => send(BATCH, bearer(moderator), `["${MARK}${'x'.repeat(3 * 2 ** 20)}"]`));
    expect([long, first.status, first.body.code]).toEqual([0, 413, 'request.too-large']);
    const many = `{"type":"${MARK}","values":[${'1,'.repeat(500_000)}1]}`;
    const [times, second] = await parsed(() => send(BATCH, bearer(moderator), many));
    expect([times, second.status, second.body.code, second.body.maxValues]).toEqual([0, 413, 'request.too-large', 50_000]); // prettier-ignore
    const members = `{${Array.from({ length: 25_000 }, (_, n) => `"${MARK}${n}":1`).join(',')}}`;
    const [read, third] = await parsed(() => send('/v1/people', bearer(moderator), members));
    expect([read, third.status, third.body.code]).toEqual([0, 413, 'request.too-large']);
  });

  it('of ten thousand of the longest lines of a batch is read, however it is printed', async () => {
    const line = { type: 'blockhash', value: 'a'.repeat(128), radius: 64 };
    const body = JSON.stringify({ queries: Array.from({ length: 10_000 }, () => line) }, null, 4);
    const answer = await send(BATCH, bearer(moderator), body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/queries/0/value']);
  });

  it('of anybody may be as long as a login, and no longer', async () => {
    const answer = await send('/v1/session', {}, JSON.stringify({ email: MARK, password: 'x'.repeat(2 ** 16) }));
    expect([answer.status, answer.body.code]).toEqual([413, 'request.too-large']);
  });

  it('with many unknown members is told of a hundred of them, and with very many is not looked at', async () => {
    const members = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`m${n}`, n]));
    const answer = await moderator.post<Problem>('/v1/people', members);
    expect([answer.status, answer.body.errors?.length]).toEqual([400, 100]);
    const more = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`m${n}`, n]));
    expect(await moderator.post<Problem>('/v1/people', more)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '', detail: 'must have at most 200 members' }] },
    });
  });

  it('that took long to come is of whom its sender is then', async () => {
    let asked = 0;
    const authentication = {
      recognise: () => {
        asked++;
        return Promise.resolve({ actor: { permissions: new Set(['case.open']) }, expiresAt: new Date() });
      },
    } as unknown as Authentication;
    const door = new Door(authentication, authentication as never);
    const request = { headers: { authorization: 'Bearer x' }, method: 'POST' } as unknown as AuthenticatedRequest;
    await door.admit(request, { permission: 'case.open' });
    await door.admit(request, { permission: 'case.open' });
    expect(asked).toBe(1);
    await expect(door.admit(request, { permission: 'case.read' })).rejects.toMatchObject({
      code: 'auth.not-permitted',
    });
    request.recognisedAt! -= 1_000;
    await door.admit(request, { permission: 'case.open' });
    expect(asked).toBe(2);
  });
});

describe('what is no request yet', () => {
  let world: World;
  let address: string;

  beforeAll(async () => {
    world = await startWorld();
    address = await world.listen();
  });
  afterAll(() => world.close());

  it.each([
    [
      'an address of 20,000 characters',
      `GET /v1/signals/match?value=${'a'.repeat(20_000)} HTTP/1.1`,
      431,
      'request.head-too-large',
    ],
    ['something else than HTTP', 'HELO there', 400, 'request.invalid'],
  ])('%s is answered with a problem document, and the connection ends', async (_, line, status, code) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    let heard = '';
    socket.on('error', () => undefined).on('data', (data) => (heard += data.toString()));
    socket.write(`${line}\r\nhost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    const [head, body] = heard.split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body ?? '')).toMatchObject({ type: `/problems/${code}`, code, status });
  });
});

describe('a number in a query', () => {
  let world: World;
  let moderator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ moderator } = await world.cast());
  });
  afterAll(() => world.close());

  it.each(['', '%20', '0x10', '1e1', '%2B1', '1.0'])('is never read from “%s”', async (text) => {
    const questions = [
      [`/v1/signals/match?type=pdq&value=${'0f'.repeat(32)}&radius=${text}`, '/radius'],
      [`/v1/notices?limit=${text}`, '/limit'],
      [`/v1/feed?after=${text}`, '/after'],
      [`/v1/ledger/proof/consistency?from=${text}&to=1`, '/from'],
    ] as const;
    for (const [url, pointer] of questions) {
      const answer = await moderator.get<Problem>(url);
      expect([url, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([url, 400, pointer]);
    }
  });
});
