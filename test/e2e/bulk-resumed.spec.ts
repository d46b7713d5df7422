import { randomUUID } from 'node:crypto';
import { request, type ClientRequest } from 'node:http';
import type { BulkView } from '../../src/cases/bulk/bulk.dto';
import { startWorld, type World } from '../support/app';
import { eventually } from '../support/referral';
import { startProcess } from '../support/service-process';

const lines = (name: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `https://harbour.example/${name}/${from + i}\n`).join('');

describe('a long list that broke off', () => {
  let world: World;
  let address: string;
  let token: string;
  beforeAll(async () => {
    world = await startWorld();
    token = (await world.cast()).analyst.token;
    address = await world.listen();
  });
  afterAll(() => world.close());

  const headers = (key: string): Record<string, string> => ({
    authorization: `Bearer ${token}`,
    'content-type': 'text/plain',
    'idempotency-key': key,
  });
  const begin = (url: string, key: string): ClientRequest => {
    const sent = request(`${url}/v1/cases/bulk?category=incitement&ideology=other`, {
      method: 'POST',
      headers: headers(key),
    });
    sent.on('error', () => undefined);
    return sent;
  };
  const whole = async (url: string, key: string, body: string): Promise<{ status: number; body: BulkView }> => {
    const path = `${url}/v1/cases/bulk?category=incitement&ideology=other`;
    const answer = await fetch(path, { method: 'POST', headers: headers(key), body });
    return { status: answer.status, body: (await answer.json()) as BulkView };
  };
  const taken = async (name: string): Promise<number> =>
    (await world.sql.query(`select 1 from content_item where address like $1`, [`%/${name}/%`])).rowCount ?? 0;

  it('is gone on with under the same key, behind the last line that was taken, and answered whole', async () => {
    const key = randomUUID();
    const sent = begin(address, key);
    sent.write(lines('broken', 0, 1200));
    await eventually(() => taken('broken'), (count) => count === 1000); // prettier-ignore
    sent.destroy();
    const { rows } = await world.sql.query<{ id: string; state: string; lines: number }>(
      'select id, state, lines from bulk_submission',
    );
    expect(rows).toMatchObject([{ state: 'receiving', lines: 1000 }]);
    const { status, body } = await whole(address, key, lines('broken', 0, 1600));
    expect([status, body]).toEqual([201, expect.objectContaining({ id: rows[0]!.id, state: 'completed', lines: 1600, added: 1600, joined: 0 })]); // prettier-ignore
    expect(await taken('broken')).toBe(1600);
    expect((await world.sql.query(`select 1 from ledger_entry where kind = 'item.joined'`)).rowCount).toBe(0);
  });

  it('never takes the line in which it broke', async () => {
    const sent = begin(address, randomUUID());
    sent.write(`${lines('cut', 0, 501)}https://harbour.example/cut/50`);
    await eventually(() => taken('cut'), (count) => count === 500); // prettier-ignore
    sent.destroy();
    const other = await whole(address, randomUUID(), lines('cut', 500, 501));
    expect([other.body.added, await taken('cut')]).toEqual([1, 501]);
  });

  it('loses nothing and takes nothing twice when the process is killed in the middle', async () => {
    const key = randomUUID();
    const list = lines('killed', 0, 3000);
    const { child, url } = await startProcess(world);
    const first = whole(url, key, list).catch(() => null);
    await eventually(() => taken('killed'), (count) => count > 0); // prettier-ignore
    child.kill('SIGKILL');
    expect(await first).toBeNull();
    const before = await taken('killed');
    expect(before % 500).toBe(0);
    const { body } = await whole(address, key, list);
    expect(body).toMatchObject({ state: 'completed', lines: 3000, added: 3000, joined: 0, rejected: 0 });
    const { rows } = await world.sql.query<{ kind: string; n: number }>(
      `select kind, count(*)::int as n from ledger_entry where case_id = $1 and kind <> 'item.added' group by kind order by kind`,
      [body.caseId],
    );
    expect(rows).toEqual([
      { kind: 'bulk.completed', n: 1 },
      { kind: 'bulk.progressed', n: 6 },
      { kind: 'case.opened', n: 1 },
    ]);
  }, 60_000);
});
