import http from 'node:http';
import { NetworkError, ProblemError } from './errors';
import { Clepsydra } from './clepsydra';
import { ATTEMPTS } from './wire';

interface Seen {
  readonly key: string | string[] | undefined;
  readonly body: string;
}
type Behaviour = (response: http.ServerResponse, request: http.IncomingMessage) => void;

const problem =
  (status: number, code: string): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({ code, status, title: 'No', errors: [{ pointer: '/items', detail: 'none' }], state: 'draft' }),
    );
  };
const answer: Behaviour = (response) => {
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'made once' }));
};
const hangUp: Behaviour = (_, request) => request.socket.destroy();

let server: http.Server;
let port = 0;
let behaviours: Behaviour[] = [];
let seen: Seen[] = [];
const pauses: number[] = [];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ key: request.headers['idempotency-key'], body });
      (behaviours.shift() ?? answer)(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [behaviours, seen] = [[], []];
  pauses.length = 0;
});

const client = (): Clepsydra =>
  new Clepsydra({
    baseUrl: `http://127.0.0.1:${port}/`,
    token: 'secret',
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  });
const draft = { caseId: 'c', kind: 'referral' } as const;

describe('a request on a bad line', () => {
  it('is sent again with the same key and the same body until it is answered', async () => {
    behaviours = [hangUp, problem(503, 'request.unavailable'), hangUp];
    await expect(client().notices.draft(draft)).resolves.toMatchObject({ id: 'made once' });
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(seen[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(pauses).toHaveLength(3);
  });

  it('has a key of its own for each request', async () => {
    await client().notices.draft(draft);
    await client().notices.draft(draft);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(2);
  });

  it('sends a file again from its beginning', async () => {
    behaviours = [hangUp];
    const content = new TextEncoder().encode('the same bytes');
    await client().cases.open({ category: 'other', ideology: 'unknown', items: [] }, [
      { source: content, name: 'a.bin' },
    ]);
    expect(seen.at(-1)?.body).toContain('the same bytes');
    expect(seen.at(-1)?.body).toContain('name="case"');
    expect(seen).toHaveLength(2);
    expect(seen[0]?.key).toBe(seen[1]?.key);
  });

  it('gives up after five attempts with a NetworkError', async () => {
    behaviours = Array.from({ length: ATTEMPTS }, () => hangUp);
    await expect(client().notices.draft(draft)).rejects.toThrow(NetworkError);
    expect(seen).toHaveLength(ATTEMPTS);
  });

  it('waits as long as the server asks, up to ten seconds and a quarter of chance', async () => {
    behaviours = [
      (response) => {
        response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '3' });
        response.end('{}');
      },
    ];
    await client().notices.draft(draft);
    expect(pauses[0]).toBeGreaterThanOrEqual(3000);
    expect(pauses[0]).toBeLessThanOrEqual(3750);
  });
});

describe('a refusal', () => {
  it('is not tried again and carries code, status, faults and details', async () => {
    behaviours = [problem(409, 'notice.illegal-transition')];
    const error = await client()
      .notices.acknowledge('n')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      code: 'notice.illegal-transition',
      status: 409,
      errors: [{ pointer: '/items', detail: 'none' }],
      details: { state: 'draft' },
    });
    expect(seen).toHaveLength(1);
  });

  it('by something that is no Clepsydra server is a NetworkError', async () => {
    behaviours = [
      (response) => {
        response.writeHead(404, { 'content-type': 'text/html' });
        response.end('<p>nothing here</p>');
      },
    ];
    await expect(client().notices.get('n')).rejects.toThrow(/not as a Clepsydra server/);
  });

  it('of a redirect never carries the token elsewhere', async () => {
    behaviours = Array.from({ length: ATTEMPTS }, (): Behaviour => (response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' });
      response.end();
    });
    await expect(client().notices.get('n')).rejects.toThrow(NetworkError);
  });
});
