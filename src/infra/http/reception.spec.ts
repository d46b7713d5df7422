import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { DomainError } from '../../domain/errors';
import { bodyFault, bytesOf, DRAIN_SECONDS, HEAD_SECONDS, limitReceptions, PATIENCE_SECONDS } from './reception';
import { drainBody, nextPart } from './submission';

/** Of a file, so that a test can say when its own side is the slow one. */
let gate: Promise<void>;
let reading: () => void;

async function start(forceCloseConnections: true | 'idle' = true): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections });
  limitReceptions(app);
  await app.register(multipart);
  app.setErrorHandler((thrown, request, reply) => {
    const error = bodyFault(request.raw) ?? thrown;
    const code = error instanceof DomainError ? error.code : 'other';
    void reply
      .status(error instanceof DomainError ? error.status : 500)
      .header('connection', 'close')
      .send({ code });
  });
  app.get('/slow', async () => ({ waited: await gate }));
  app.post('/json', () => ({ fine: true }));
  app.post('/refused', { onRequest: (_request, reply) => void reply.status(401).send({ code: 'no' }) }, () => ({}));
  app.post('/file', async (request) => {
    const parts = request.parts();
    try {
      let size = 0;
      for (let next = await nextPart(parts); !next.done; next = await nextPart(parts)) {
        reading();
        await gate;
        if (next.value.type === 'file') size += (await next.value.toBuffer()).length;
      }
      return { size };
    } catch (error) {
      drainBody(request);
      throw error;
    }
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

interface Caller {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly closed: Promise<void>;
}

describe('a body that is on its way', () => {
  let app: FastifyInstance;
  beforeAll(async () => void (app = await start()));
  afterAll(() => app.close());
  beforeEach(() => {
    gate = Promise.resolve();
    reading = () => undefined;
  });

  async function call(path: string, type: string, length: number, first: string): Promise<Caller> {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let heard = '';
    socket.on('error', () => undefined).on('data', (data) => (heard += data.toString()));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const taken = new Promise<IncomingMessage>((resolve) => app.server.once('request', resolve));
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
    socket.write(head);
    const request = await taken;
    socket.write(first);
    // As much of it as the other side reads: the whole, or until nobody reads on.
    while (bytesOf(request) < head.length + Math.min(first.length, 2 ** 16)) await turn();
    await turn();
    return { socket, heard: () => heard, closed };
  }

  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (many: number): void => {
    for (let n = 0; n < many; n++) app.receptions.tick();
  };

  const FORM = 'multipart/form-data; boundary=b';
  const HEAD = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';

  it.each([
    ['JSON', '/json', 'application/json', '{"a":'],
    ['a form in the middle of a file', '/file', FORM, `${HEAD}abc`],
    ['a form before its first part', '/file', FORM, '--b\r\n'],
    ['a form between two parts', '/file', FORM, `${HEAD}abc\r\n--b\r\n`],
  ])('is given up after twenty seconds of nothing, with an answer, and the connection ends: %s', async (...given) => {
    const [, path, type, first] = given;
    const caller = await call(path, type, 100_000, first);
    seconds(PATIENCE_SECONDS);
    await turn();
    expect(caller.heard()).toBe('');
    seconds(1);
    await caller.closed;
    expect(caller.heard()).toMatch(/^HTTP\/1\.1 408 /);
    expect(caller.heard()).toContain('"code":"request.too-slow"');
  });

  it('is waited for while more than a kilobyte a second of it comes, however long that takes', async () => {
    const body = JSON.stringify('x'.repeat(60_000));
    const caller = await call('/json', 'application/json', body.length, body.slice(0, 2_000));
    for (let at = 2_000; at < body.length; at += 2_000) {
      caller.socket.write(body.slice(at, at + 2_000));
      await turn();
      seconds(1);
    }
    await turn();
    expect(caller.heard()).toMatch(/^HTTP\/1\.1 200 /);
    caller.socket.destroy();
  });

  it('is given up when it comes by the byte', async () => {
    const caller = await call('/json', 'application/json', 100_000, '[');
    for (let n = 0; n < 30 && caller.heard() === ''; n++) {
      caller.socket.write(' ');
      await turn();
      seconds(1);
    }
    await caller.closed;
    expect(caller.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is not given up for the time in which nobody here reads on', async () => {
    let go = (): void => undefined;
    gate = new Promise((resolve) => (go = resolve));
    const inHand = new Promise<void>((resolve) => (reading = resolve));
    const file = 'x'.repeat(2 ** 19);
    const body = `${HEAD}${file}\r\n--b--\r\n`;
    const caller = await call('/file', FORM, body.length, body);
    await inHand;
    await turn();
    seconds(300);
    expect(caller.heard()).toBe('');
    go();
    await turn();
    expect(caller.heard()).toContain(`{"size":${file.length}}`);
    caller.socket.destroy();
  });

  it('that was answered without being read does not keep its connection for ever', async () => {
    const caller = await call('/refused', 'application/json', 100_000, '[');
    expect(caller.heard()).toMatch(/^HTTP\/1\.1 401 /);
    seconds(PATIENCE_SECONDS + 1);
    await caller.closed;
  });
});

describe('a server that stops', () => {
  let go: () => void;
  beforeEach(() => void (gate = new Promise((resolve) => (go = resolve))));

  async function open(app: FastifyInstance, text: string): Promise<Caller> {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let heard = '';
    socket.on('error', () => undefined).on('data', (data) => (heard += data.toString()));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const taken = new Promise((resolve) => app.server.once('connection', resolve));
    socket.write(text);
    await taken;
    return { socket, heard: () => heard, closed };
  }
  const seconds = (app: FastifyInstance, many: number): void => {
    for (let n = 0; n < many; n++) app.connections.tick();
  };

  it('waits a few seconds for the rest of a head, and no longer; what was asked before is answered', async () => {
    const app = await start('idle');
    const half = await open(app, 'GET /slow HTTP/1.1\r\nhost: x\r\n');
    const silent = await open(app, '');
    const asked = new Promise((resolve) => app.server.once('request', resolve));
    const whole = await open(app, 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked;
    const stopped = app.close();
    seconds(app, HEAD_SECONDS);
    await Promise.all([half.closed, silent.closed]);
    go();
    await whole.closed;
    expect(whole.heard()).toMatch(/^HTTP\/1\.1 200 /);
    await stopped;
  });

  it('cuts off after half a minute whatever is still under way', async () => {
    const app = await start('idle');
    const asked = new Promise((resolve) => app.server.once('request', resolve));
    const endless = await open(app, 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked;
    const stopped = app.close();
    seconds(app, DRAIN_SECONDS);
    await endless.closed;
    await stopped;
    go();
  });
});
