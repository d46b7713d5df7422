import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PATIENCE_SECONDS } from '../../src/infra/http/reception';
import { startWorld, type Person, type World } from '../support/app';
import { until } from '../support/signals';

interface Stalled {
  readonly socket: Socket;
  heard: string;
  closed: boolean;
}

describe('senders who stop in the middle of a file', () => {
  let world: World;
  let address: string;
  const stalled: Stalled[] = [];

  beforeAll(async () => {
    world = await startWorld();
    address = await world.listen();
  });
  afterEach(() => stalled.splice(0).forEach(({ socket }) => socket.destroy()));
  afterAll(() => world.close());

  /** The head of a form, a file of three bytes, and nothing more. */
  async function stall(person: Person, path: string, before = ''): Promise<Stalled> {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    const one: Stalled = { socket, heard: '', closed: false };
    stalled.push(one);
    socket.on('error', () => undefined);
    socket.on('data', (data) => (one.heard += data.toString()));
    socket.on('close', () => (one.closed = true));
    await once(socket, 'connect');
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.token}\r\n` +
        'content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n' +
        `${before}--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc`,
    );
    return one;
  }

  async function match(person: Person): Promise<number> {
    const body = new FormData();
    body.set('file', new Blob(['plain words']), 'words.txt');
    const headers = { authorization: `Bearer ${person.token}` };
    return (await fetch(`${address}/v1/signals/match`, { method: 'POST', headers, body })).status;
  }

  it('hold up no file of others, nor of their own organisation', async () => {
    const people: Person[] = [];
    for (const name of ['east', 'south', 'west', 'meadow']) {
      people.push(await world.person(await world.organisation('platform', name), ['moderator']));
    }
    for (const person of people.slice(0, 3)) {
      for (let n = 0; n < 4; n++) await stall(person, '/v1/signals/match');
    }
    const [first, , , last] = people as [Person, Person, Person, Person];
    // Some pass before all of those have come.
    while (!stalled.some(({ closed }) => closed)) {
      expect(await Promise.all([match(last), match(first)])).toEqual([200, 200]);
    }
    const [given] = stalled.filter(({ closed }) => closed);
    expect(given?.heard).toMatch(/^HTTP\/1\.1 408 [^]*retry-after: 10\r\n[^]*"code":"request\.too-slow"/);
  }, 30_000);

  it('get an answer, and nothing is kept of what they sent: an exhibit of a case', async () => {
    const { analyst } = await world.cast();
    const document = `--b\r\ncontent-disposition: form-data; name="case"\r\n\r\n${JSON.stringify({ category: 'other', ideology: 'unknown' })}\r\n`;
    const one = await stall(analyst, '/v1/cases', document);
    const objects = async (): Promise<number> => {
      const { rows } = await world.sql.query<{ n: number }>('select count(*)::int as n from stored_object');
      return rows[0]?.n ?? 0;
    };
    const cases = 'select count(*)::int as n from case_file';
    const before = await world.sql.query(cases);
    while ((await objects()) === 0 && !one.closed) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { receptions } = world.app.getHttpAdapter().getInstance();
    for (let second = 0; second <= PATIENCE_SECONDS; second++) receptions.tick();
    await until(() => one.closed);
    expect(one.heard).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request\.too-slow"/);
    expect(await objects()).toBe(0);
    expect((await world.sql.query(cases)).rows).toEqual(before.rows);
  }, 30_000);
});
