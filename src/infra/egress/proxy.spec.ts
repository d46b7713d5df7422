import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcp, type AddressInfo, type Server as Tcp } from 'node:net';
import { CheckedConnector } from './connector';
import { readProxy } from './proxy';

const listen = async (server: Server | Tcp): Promise<number> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
};

describe('a proxy that calls go through', () => {
  let web: Server;
  let proxy: Server;
  let port: number;
  let connector: CheckedConnector;
  const asked: { target: string | undefined; authorization: string | undefined }[] = [];
  const lookup = jest.fn();

  beforeAll(async () => {
    web = createServer((request, response) => {
      if (request.url === '/long') response.end('x'.repeat(100_000));
      else if (request.url === '/moved') response.writeHead(302, { location: 'http://elsewhere.example/' }).end();
      else response.end(JSON.stringify(request.headers));
    });
    const webPort = await listen(web);
    proxy = createServer();
    proxy.on('connect', (request, socket) => {
      socket.on('error', () => undefined);
      asked.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
      if (request.url?.startsWith('refused')) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const onward = connect(webPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      return undefined;
    });
    port = await listen(proxy);
    const through = readProxy(`http://unit:s%20cret@127.0.0.1:${port}`);
    connector = new CheckedConnector({ mode: 'loopback-only', lookup, proxy: through! });
  });
  afterAll(async () => {
    await connector.onApplicationShutdown();
    for (const server of [web, proxy]) server.close();
  });

  it('is asked for a tunnel with its login, and nothing of the name is looked up here', async () => {
    const answer = await connector.fetch('http://harbour.localhost:8080/p', { headers: { 'user-agent': 'x' } });
    expect([answer.status, JSON.parse(answer.body.toString())['user-agent']]).toEqual([200, 'x']);
    expect(asked.at(-1)).toEqual({ target: 'harbour.localhost:8080', authorization: `Basic ${Buffer.from('unit:s cret').toString('base64')}` }); // prettier-ignore
    expect(answer.body.toString()).not.toContain('proxy');
    expect(lookup).not.toHaveBeenCalled();
  });

  it('is never asked for an address of a closed network', async () => {
    const before = asked.length;
    await expect(connector.fetch('http://10.0.0.1/')).rejects.toMatchObject({ code: 'egress.refused-address' });
    expect(asked).toHaveLength(before);
  });

  it('that refuses, or is none, is a failure of the call', async () => {
    await expect(connector.fetch('http://refused.localhost/')).rejects.toMatchObject({ code: 'egress.failed' });
    const noise = createTcp((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\nhello'));
    const noisy = readProxy(`http://127.0.0.1:${await listen(noise)}`);
    const other = new CheckedConnector({ mode: 'loopback-only', proxy: noisy! });
    await expect(other.fetch('http://harbour.localhost/')).rejects.toMatchObject({ code: 'egress.failed' });
    await other.onApplicationShutdown();
    noise.close();
  });

  it('gives the beginning of a long answer where that is enough, and a redirect as it is', async () => {
    const options = { maxResponseBytes: 1000, beginningOnly: true, keepRedirects: true } as const;
    expect((await connector.fetch('http://harbour.localhost/long', options)).body).toHaveLength(1000);
    const { status, headers } = await connector.fetch('http://harbour.localhost/moved', options);
    expect([status, headers.location]).toEqual([302, 'http://elsewhere.example/']);
  });

  it.each(['ftp://a.example', 'a.example', 'http://a.example/path', 'http://a.example?x'])('is not %j', (text) => {
    expect(readProxy(text)).toBeNull();
  });
});
