import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import net, { createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { CheckedConnector, type CheckedRequest } from './connector';
import type { Lookup } from './dial';

const code = (expected: string, details = {}) =>
  expect.objectContaining({ code: expected, details: expect.objectContaining(details) });

const servers: { close(): unknown; closeAllConnections?(): void }[] = [];
const connectors: CheckedConnector[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
  for (const connector of connectors.splice(0)) await connector.onApplicationShutdown();
  jest.restoreAllMocks();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

async function listen(server: net.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function serve(handler: Handler): Promise<{ port: number; url: string; server: Server }> {
  const server = createServer((request, response) => void handler(request, response));
  const port = await listen(server);
  return { port, url: `http://127.0.0.1:${port}`, server };
}

function connector(mode: 'loopback-only' | 'public-only' = 'loopback-only', lookup?: Lookup): CheckedConnector {
  const made = new CheckedConnector({ mode, ...(lookup ? { lookup } : {}) });
  connectors.push(made);
  return made;
}

const answering = (...answers: string[][]): Lookup => {
  let asked = 0;
  return async () =>
    (answers[Math.min(asked++, answers.length - 1)] ?? []).map((address) => ({ address, family: net.isIP(address) }));
};

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

const fetchLocal = (url: string, options?: CheckedRequest) => connector().fetch(url, options);

describe('an ordinary call', () => {
  it('carries method, headers and body, and gives back status, headers and body', async () => {
    const { url } = await serve(async (request, response) => {
      response.writeHead(418, {
        'X-Seen': `${request.method} ${request.url} ${String(request.headers['x-one'])} ${await body(request)}`,
      });
      response.end('short and stout');
    });
    const answer = await fetchLocal(`${url}/hook?a=1`, { method: 'POST', headers: { 'X-One': '1' }, body: 'hello' });
    expect(answer.status).toBe(418);
    expect(answer.headers['x-seen']).toBe('POST /hook?a=1 1 hello');
    expect(answer.body.toString()).toBe('short and stout');
  });

  it('uses connections again, and does not let a caller name another host', async () => {
    let connections = 0;
    const { url, port, server } = await serve((request, response) => void response.end(request.headers.host));
    server.on('connection', () => connections++);
    const out = connector();
    for (let call = 0; call < 10; call++) {
      const answer = await out.fetch(url, { headers: { Host: 'internal.example' } });
      expect(answer.body.toString()).toBe(`127.0.0.1:${port}`);
    }
    // The pool of undici may open a second one before the first is told to be free.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('reads answers without a body whatever they announce', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(request.url === '/304' ? 304 : 204, { 'content-encoding': 'gzip' }).end();
    });
    expect((await fetchLocal(`${url}/204`)).body).toHaveLength(0);
    expect((await fetchLocal(`${url}/304`)).status).toBe(304);
    expect((await fetchLocal(url, { method: 'HEAD' })).status).toBe(204);
  });
});

describe('names', () => {
  it.each([
    ['private', ['10.1.2.3']],
    ['loopback', ['127.0.0.1']],
    ['metadata service', ['169.254.169.254']],
    ['public beside private', ['8.8.8.8', '192.168.0.1']],
    ['mapped', ['::ffff:127.0.0.1']],
    ['unspecified', ['::']],
  ])('refuses a name that leads to an address that is %s', async (_, addresses) => {
    const dialled = jest.spyOn(net, 'connect');
    const out = connector('public-only', answering(addresses));
    await expect(out.fetch('https://hook.example/')).rejects.toEqual(code('egress.refused-address'));
    await expect(out.requireCallable('https://hook.example/')).rejects.toEqual(code('egress.refused-address'));
    expect(dialled).not.toHaveBeenCalled();
  });

  it('checks again at every call a name that was good when it was entered (rebinding)', async () => {
    const dialled = jest.spyOn(net, 'connect');
    const out = connector('public-only', answering(['8.8.8.8'], ['127.0.0.1']));
    await out.requireCallable('https://hook.example/');
    await expect(out.fetch('https://hook.example/')).rejects.toEqual(
      code('egress.refused-address', { network: 'loopback' }),
    );
    expect(dialled).not.toHaveBeenCalled();
  });

  it('looks a name up once for a connection: what it checked is what it calls', async () => {
    const { port } = await serve((_, response) => void response.end('ok'));
    const lookup = jest.fn(answering(['127.0.0.1'], ['10.0.0.1']));
    const answer = await connector('loopback-only', lookup).fetch(`http://hook.localhost.:${port}/`);
    expect(answer.body.toString()).toBe('ok');
    expect(lookup.mock.calls).toEqual([['hook.localhost']]);
  });

  it.each(['https://hook.example/', 'http://localhost.example/', 'http://notlocalhost/', 'http://hook.example.:8080/'])(
    'asks no name server for the names of others where this machine alone may be called: %s',
    async (url) => {
      const lookup = jest.fn(answering(['127.0.0.1']));
      const out = connector('loopback-only', lookup);
      const refused = code('egress.refused-address', { network: 'elsewhere' });
      await expect(out.fetch(url)).rejects.toEqual(refused);
      await expect(out.requireCallable(url)).rejects.toEqual(refused);
      expect(lookup).not.toHaveBeenCalled();
      await expect(out.requireCallable('http://LOCALHOST./')).resolves.toBeUndefined();
    },
  );

  it('sends nothing when the socket reached another address than the checked one', async () => {
    let reached = 0;
    let bytes = 0;
    const server = createTcpServer((socket) => {
      reached++;
      socket.on('error', () => undefined).on('data', (data) => (bytes += data.length));
    });
    const port = await listen(server);
    const real = net.connect;
    jest.spyOn(net, 'connect').mockImplementation(() => real(port, '127.0.0.1'));
    const out = connector('public-only', answering(['8.8.8.8']));
    await expect(out.fetch('https://hook.example/')).rejects.toEqual(
      code('egress.refused-address', { network: 'loopback' }),
    );
    expect([reached, bytes]).toEqual([1, 0]);
  });

  it('really looks up the names of this machine, and refuses them to the outside', async () => {
    await expect(connector('public-only').fetch('https://localhost/')).rejects.toEqual(code('egress.refused-address'));
    await expect(connector('public-only').fetch('https://localhost./')).rejects.toEqual(code('egress.refused-address'));
  });
});

describe('redirects', () => {
  it('are an error unless asked for, and followed so many times and no more', async () => {
    const { url } = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      response.writeHead(left > 0 ? 302 : 200, left > 0 ? { location: `/${left - 1}` } : {}).end('there');
    });
    await expect(fetchLocal(`${url}/1`)).rejects.toEqual(code('egress.redirect', { status: 302 }));
    expect((await fetchLocal(`${url}/3`, { maxRedirects: 3 })).body.toString()).toBe('there');
    await expect(fetchLocal(`${url}/4`, { maxRedirects: 3 })).rejects.toEqual(code('egress.redirect'));
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'egress.refused-address'],
    ['http://10.0.0.1/', 'egress.refused-address'],
    ['//[::ffff:127.0.0.1]/', 'egress.refused-address'],
    ['http://0.0.0.0/', 'egress.refused-address'],
    ['http://rebound.localhost/', 'egress.refused-address'],
    ['http://user:secret@127.0.0.1/', 'egress.refused-scheme'],
    ['file:///etc/passwd', 'egress.refused-scheme'],
    ['gopher://127.0.0.1:70/', 'egress.refused-scheme'],
    ['http://', 'egress.refused-scheme'],
  ])('are checked like a first call: %s', async (location, expected) => {
    const { url } = await serve((_, response) => void response.writeHead(307, { location }).end());
    const out = connector('loopback-only', answering(['192.168.1.1']));
    await expect(out.fetch(url, { maxRedirects: 5 })).rejects.toEqual(code(expected));
  });

  it('take no secret to another host, and keep everything on the same', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const target = await serve((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const { url } = await serve((request, response) => {
      const location = { '/other': target.url, '/same': '/end' }[request.url ?? ''];
      if (!location) seen.push(request.headers);
      response.writeHead(location ? 302 : 200, location ? { location } : {}).end();
    });
    const secrets = { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Api-Key': 'k', Accept: 'text/plain' };
    await fetchLocal(`${url}/other`, { headers: secrets, maxRedirects: 1 });
    await fetchLocal(`${url}/same`, { headers: secrets, maxRedirects: 1 });
    expect(seen[0]).not.toHaveProperty('authorization');
    expect(seen[0]).not.toHaveProperty('cookie');
    expect(seen[0]).not.toHaveProperty('x-api-key');
    expect(seen[0]).toHaveProperty('accept', 'text/plain');
    expect(seen[1]).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'k' });
  });

  it('send a body again to the same origin alone, and turn a POST into a GET as browsers do', async () => {
    const seen: string[] = [];
    const note: Handler = async (request, response) => {
      seen.push(`${request.method} ${await body(request)}`);
      response.end();
    };
    const target = await serve(note);
    const { url } = await serve((request, response) => {
      const [, status, where] = request.url?.split('/') ?? [];
      if (!status) return note(request, response);
      return response.writeHead(Number(status), { location: where === 'other' ? target.url : '/' }).end();
    });
    const post = {
      method: 'POST',
      body: 'notice',
      headers: { 'content-type': 'text/plain' },
      maxRedirects: 1,
    } as const;
    await fetchLocal(`${url}/307/same`, post);
    await fetchLocal(`${url}/303/same`, post);
    await fetchLocal(`${url}/302/other`, post);
    await expect(fetchLocal(`${url}/308/other`, post)).rejects.toEqual(code('egress.redirect'));
    expect(seen).toEqual(['POST notice', 'GET ', 'GET ']);
  });
});

describe('answers made to do harm', () => {
  const bomb = Buffer.alloc(64 * 2 ** 20);

  it.each([
    ['gzip', gzipSync(bomb)],
    ['br', brotliCompressSync(bomb)],
  ])('are cut off where they have grown to the limit: %s bomb', async (encoding, packed) => {
    expect(packed.length).toBeLessThan(2 ** 20);
    const { url } = await serve(
      (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(packed),
    );
    await expect(fetchLocal(url)).rejects.toEqual(code('egress.too-large', { maxBytes: 2 ** 20 }));
  });

  it('are decoded when they are honest, and refused in encodings not asked for or one inside another', async () => {
    const { url } = await serve((request, response) => {
      const encoding = decodeURIComponent(request.url?.slice(1) ?? '');
      response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('plain'));
    });
    expect((await fetchLocal(`${url}/gzip`)).body.toString()).toBe('plain');
    for (const encoding of ['gzip, gzip', 'deflate', 'zstd', 'x']) {
      const asked = fetchLocal(`${url}/${encodeURIComponent(encoding)}`);
      await expect(asked).rejects.toEqual(code('egress.failed', { reason: 'encoding' }));
    }
    await expect(fetchLocal(`${url}/br`)).rejects.toEqual(code('egress.failed'));
  });

  it('are cut off when they never end, and accepted up to the limit exactly', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/exact') return response.end(Buffer.alloc(1000));
      const pour = (): void => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour).on('error', () => undefined);
      return pour();
    });
    expect((await fetchLocal(`${url}/exact`, { maxResponseBytes: 1000 })).body).toHaveLength(1000);
    await expect(fetchLocal(`${url}/exact`, { maxResponseBytes: 999 })).rejects.toEqual(code('egress.too-large'));
    await expect(fetchLocal(url)).rejects.toEqual(code('egress.too-large'));
  });

  it('are given up when they drip, when they never come, and when the name server or the handshake is silent', async () => {
    const drip = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const silent = await serve(() => undefined);
    const mute = createTcpServer((socket) => void socket.on('error', () => undefined));
    const port = await listen(mute);
    for (const url of [drip.url, silent.url, `https://127.0.0.1:${port}`]) {
      await expect(fetchLocal(url, { timeoutMs: 150 })).rejects.toEqual(code('egress.timeout'));
    }
    const lost = connector('loopback-only', () => new Promise(() => undefined));
    await expect(lost.fetch('http://hook.localhost/', { timeoutMs: 50 })).rejects.toEqual(code('egress.timeout'));
  });

  it('say why they failed without the address, the host or the path', async () => {
    const gone = await serve(() => undefined);
    gone.server.close();
    const broken = await serve((request) => request.socket.end('HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'));
    const calls = [
      connector().fetch(`http://127.0.0.1:${gone.port}/secret-path`),
      connector().fetch(`${broken.url}/secret-path`),
      connector('loopback-only', async () => {
        throw Object.assign(new Error('getaddrinfo ENOTFOUND hook.localhost'), { code: 'ENOTFOUND' });
      }).fetch('http://hook.localhost/secret-path'),
      connector('public-only').fetch('https://10.0.0.1/secret-path'),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      const error: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
      expect(error).toEqual(code(expect.stringMatching(/^egress\./)));
      const text = JSON.stringify([error, String(error), error instanceof Error ? error.message : '']);
      expect(text).not.toMatch(/secret-path|hook\.localhost|127\.0\.0\.1|10\.0\.0\.1/);
    }
  });

  it('end when the caller gives up', async () => {
    const silent = await serve(() => undefined);
    const signal = AbortSignal.timeout(20);
    await expect(fetchLocal(silent.url, { signal })).rejects.toEqual(code('egress.failed', { reason: 'aborted' }));
  });
});
