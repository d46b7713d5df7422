import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VaultRecovery } from '../../src/evidence/recovery.service';
import { log } from '../../src/infra/log';
import { startWorld, type World } from '../support/app';
import { sceneJpeg } from '../support/images';
import { startProcess } from '../support/service-process';

interface Submitted {
  readonly id: string;
  readonly exhibits: readonly { readonly id: string; readonly sha256: string; readonly size: number }[];
  readonly refused: readonly { readonly code: string; readonly fileName: string }[];
}

const BOUNDARY = 'a-boundary-of-the-test';
const MIB = 2 ** 20;

const head = (items: readonly object[]): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="case"\r\ncontent-type: application/json\r\n\r\n` +
  `${JSON.stringify({ category: 'incitement', ideology: 'unknown', items })}\r\n`;
const fileHead = (name: string): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
const END = `\r\n--${BOUNDARY}--\r\n`;

function post(address: string, token: string): ClientRequest {
  return request(`${address}/v1/cases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  });
}

async function answerOf(sent: ClientRequest): Promise<{ status: number; body: Submitted }> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const body: Submitted = JSON.parse(Buffer.concat(pieces).toString());
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
  });
}

const write = (sent: ClientRequest, bytes: Uint8Array | string): Promise<void> =>
  new Promise((resolve, reject) => sent.write(bytes, (error) => (error ? reject(error) : resolve())));

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

describe('taking files in', () => {
  let world: World;
  let address: string;
  let cast: Awaited<ReturnType<World['cast']>>;
  beforeAll(async () => {
    world = await startWorld({ config: { maxFileBytes: 128 * MIB } });
    cast = await world.cast();
    address = await world.listen();
  });
  afterAll(() => world.close());

  const blobs = (): string[] =>
    ['objects', 'tmp', 'quarantine'].flatMap((part) =>
      readdirSync(join(world.config.dataDirectory, 'blobs', part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    );
  const states = async (): Promise<string[]> =>
    (await world.sql.query<{ state: string }>('select state from stored_object order by 1')).rows.map(
      ({ state }) => state,
    );
  const cases = async (): Promise<number> => (await world.sql.query('select 1 from case_file')).rowCount ?? 0;

  it('takes a file far larger than it may hold in memory, and gives it back', async () => {
    const piece = randomBytes(MIB);
    const hash = createHash('sha256');
    const sent = post(address, cast.analyst.token);
    const answer = answerOf(sent);
    await write(sent, head([{ url: 'https://harbour.example/large' }]) + fileHead('large.bin'));
    const idle = process.memoryUsage().rss;
    let peak = idle;
    for (let i = 0; i < 128; i++) {
      hash.update(piece);
      await write(sent, piece);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    sent.end(END);
    const { status, body } = await answer;
    expect([status, body.exhibits[0]!.size]).toEqual([201, 128 * MIB]);
    expect(body.exhibits[0]!.sha256).toBe(hash.digest('hex'));
    expect(peak - idle).toBeLessThan(100 * MIB);
    const seen = await fetch(`${address}/v1/exhibits/${body.exhibits[0]!.id}/view`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cast.analyst.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ justification: 'to compare' }),
    });
    const back = createHash('sha256');
    for await (const each of seen.body!) back.update(each as Uint8Array);
    expect(back.digest('hex')).toBe(body.exhibits[0]!.sha256);
    // Four times through a disk that others may be using.
  }, 120_000);

  it('refuses a file beyond the limit and takes the one behind it', async () => {
    const before = blobs().length;
    const sent = post(address, cast.analyst.token);
    const answer = answerOf(sent);
    await write(sent, head([{ url: 'https://harbour.example/limit' }]) + fileHead('too-large.bin'));
    const piece = Buffer.alloc(8 * MIB);
    for (let i = 0; i < 17; i++) await write(sent, piece);
    sent.end(`\r\n${fileHead('small.bin')}small${END}`);
    const { body } = await answer;
    expect(body.refused).toMatchObject([{ fileName: 'too-large.bin', code: 'file.too-large' }]);
    expect(body.exhibits).toMatchObject([{ size: 5 }]);
    expect(blobs().length).toBe(before + 1);
  });

  it('says how a part with a file is named when it was named otherwise', async () => {
    const data = new FormData();
    const items = [{ url: 'https://harbour.example/misnamed' }];
    data.set('case', JSON.stringify({ category: 'incitement', ideology: 'unknown', items }));
    data.append('attachment', new Blob(['text']), 'a.txt');
    data.append('file[1]', new Blob(['text']), 'b.txt');
    const { body } = await cast.analyst.form<Submitted>('/v1/cases', data);
    expect(body.refused).toMatchObject([
      { code: 'file.item-unknown', fileName: 'a.txt', detail: expect.stringContaining('named file, or file[0]') },
      { code: 'file.item-unknown', fileName: 'b.txt', detail: expect.stringContaining('file[0] to file[0]') },
    ]);
  });

  it.each(['/v1/cases', '/v1/cases/:id/items', '/v1/signals/match'])(
    'takes a multipart body without a boundary, cut off or of no form as the sender’s fault: %s',
    async (route) => {
      const opened = await cast.analyst.post<Submitted>('/v1/cases', {
        category: 'incitement',
        ideology: 'unknown',
        items: [{ url: 'https://harbour.example/multipart' }],
      });
      const url = route.replace(':id', opened.body.id);
      const disposition = 'content-disposition: form-data; name="case"';
      const bodies = [
        ['multipart/form-data', head([])],
        [`multipart/form-data; boundary=${BOUNDARY}`, `--${BOUNDARY}\r\n${disposition}\r\n`],
        [`multipart/form-data; boundary=${BOUNDARY}`, `--${BOUNDARY}\r\n${disposition}\r\n\r\n{"categ`],
        [`multipart/form-data; boundary=${BOUNDARY}`, `--${BOUNDARY}\r\n${disposition}; filename="c"\r\n\r\n{"categ`],
        [`multipart/form-data; boundary=${BOUNDARY}`, 'no form at all'],
      ] as const;
      for (const [type, body] of bodies) {
        const answer = await cast.analyst.post<{ code: string }>(url, body, { 'content-type': type });
        expect([answer.status, answer.body.code, answer.headers['content-type']]).toEqual([
          400,
          expect.stringMatching(/^(request\.invalid|file\.interrupted)$/),
          expect.stringContaining('application/problem+json'),
        ]);
      }
    },
  );

  it('does not report as its own failure an upload that the sender gave up', async () => {
    const failures = jest.spyOn(log, 'error');
    const notes = jest.spyOn(log, 'info');
    const sent = post(address, cast.analyst.token);
    sent.on('error', () => undefined);
    await write(sent, head([{ url: 'https://harbour.example/given-up' }]) + fileHead('half.bin'));
    await write(sent, randomBytes(MIB));
    await until(async () => (await states()).includes('pending'));
    sent.destroy();
    await until(async () => notes.mock.calls.some(([note]) => JSON.stringify(note).includes('request.aborted')));
    await until(async () => !(await states()).includes('pending'));
    expect(failures).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it('keeps nothing of an upload that breaks off, whole files before the break included', async () => {
    const before = { states: await states(), blobs: blobs().length, cases: await cases() };
    const sent = post(address, cast.analyst.token);
    sent.on('error', () => undefined);
    await write(sent, head([{ url: 'https://harbour.example/broken' }]) + fileHead('whole.bin') + 'whole');
    await write(sent, `\r\n${fileHead('half.bin')}`);
    for (let i = 0; i < 4; i++) await write(sent, randomBytes(MIB));
    await until(async () => (await states()).filter((state) => state === 'pending').length === 2);
    sent.destroy();
    await until(async () => (await states()).length === before.states.length);
    expect({ states: await states(), blobs: blobs().length, cases: await cases() }).toEqual(before);
  });

  it('answers a sender of gigabytes at once when the case is not theirs to add to', async () => {
    const sent = request(`${address}/v1/cases/019b0000-0000-7000-8000-000000000001/items`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${cast.analyst.token}`,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      },
    });
    const answer = answerOf(sent);
    await write(sent, head([]).replace(/"category":"incitement","ideology":"unknown",/, '') + fileHead('x.bin'));
    await write(sent, randomBytes(MIB));
    expect((await answer).status).toBe(404);
    sent.destroy();
  });

  it('lets a case be referred while its upload still runs', async () => {
    const opened = await cast.analyst.post<Submitted & { items: { id: string }[] }>('/v1/cases', {
      category: 'incitement',
      ideology: 'unknown',
      items: [{ url: 'https://harbour.example/first-the-notice' }],
    });
    const sent = request(`${address}/v1/cases/${opened.body.id}/items`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${cast.analyst.token}`,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      },
    });
    const answer = answerOf(sent);
    const document = JSON.stringify({ items: [{ url: 'https://harbour.example/first-the-notice' }] });
    await write(
      sent,
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="case"\r\n\r\n${document}\r\n${fileHead('slow.bin')}begins`,
    );
    await until(async () => (await states()).includes('pending'));
    // Nothing is locked while the file is on its way.
    const seen = await cast.analyst.get<{ state: string }>(`/v1/cases/${opened.body.id}`);
    expect(seen.body.state).toBe('open');
    const more = await cast.analyst.post(`/v1/cases/${opened.body.id}/items`, { items: [{ url: 'https://harbour.example/meanwhile' }] }); // prettier-ignore
    expect(more.status).toBe(201);
    sent.end(` and ends${END}`);
    expect((await answer).body.exhibits).toMatchObject([{ itemId: opened.body.items[0]!.id, size: 15 }]);
  });

  it('loses nothing acknowledged and leaves nothing else when the process is killed at any moment', async () => {
    const before = { states: await states(), blobs: blobs().length };
    const picture = await sceneJpeg(9);
    const acknowledged: { id: string; sha256: string }[] = [];
    for (let round = 0; round < 4; round++) {
      const { child, url } = await startProcess(world);
      const senders = Array.from({ length: 3 }, (_, sender) =>
        keepSending(url, cast.analyst.token, `${round}-${sender}`, picture, acknowledged),
      );
      // Two rounds end while the first files are on their way, two in the middle of the stream of answers.
      const known = acknowledged.length;
      if (round % 2 === 1) await until(() => Promise.resolve(acknowledged.length > known));
      await sleep(Math.random() * 500);
      child.kill('SIGKILL');
      await Promise.all(senders);
    }
    await world.app.get(VaultRecovery, { strict: false }).recover(0);
    const rows = await world.sql.query<{ object_id: string }>('select object_id from exhibit');
    expect(new Set(await states())).toEqual(new Set(['sealed']));
    const temporary = blobs().filter((name) => name.endsWith('.tmp'));
    expect(blobs().filter((name) => !temporary.includes(name)).sort()).toEqual(rows.rows.map(({ object_id }) => object_id).sort()); // prettier-ignore
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(rows.rowCount).toBeGreaterThanOrEqual(before.states.length + acknowledged.length);
    for (const { id, sha256 } of acknowledged) {
      const seen = await world.app.inject({
        method: 'POST',
        url: `/v1/exhibits/${id}/view`,
        headers: { authorization: `Bearer ${cast.analyst.token}` },
        payload: { justification: 'still there' },
      });
      expect(createHash('sha256').update(seen.rawPayload).digest('hex')).toBe(sha256);
    }
  }, 60_000);
});

/** Sends a picture and some random bytes, again and again until the process is gone; notes what was acknowledged. */
async function keepSending(
  url: string,
  token: string,
  name: string,
  picture: Buffer,
  acknowledged: { id: string; sha256: string }[],
): Promise<void> {
  for (let i = 0; ; i++) {
    const data = new FormData();
    const items = [{ url: `https://harbour.example/killed/${name}-${i}` }];
    data.set('case', JSON.stringify({ category: 'incitement', ideology: 'unknown', items }));
    data.append('file', new Blob([Uint8Array.from(picture)]), 'picture.jpg');
    data.append('file', new Blob([randomBytes(200_000)]), 'noise.bin');
    const answer = await sendOnce(`${url}/v1/cases`, token, data).catch(() => undefined);
    if (answer === undefined) return;
    expect([answer.status, answer.body.refused]).toEqual([201, []]);
    acknowledged.push(...answer.body.exhibits);
  }
}

async function sendOnce(url: string, token: string, body: FormData): Promise<{ status: number; body: Submitted }> {
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  const received: Submitted = JSON.parse(await answer.text());
  return { status: answer.status, body: received };
}
