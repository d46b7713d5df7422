import { randomUUID } from 'node:crypto';
import type { BulkLineView, BulkView } from '../../src/cases/bulk/bulk.dto';
import { startWorld, type Answer, type Person, type World } from '../support/app';
import { eventually } from '../support/referral';

const CASE = 'category=incitement&ideology=other';
const TEXT = { 'content-type': 'text/plain' };
const CSV = { 'content-type': 'text/csv; charset=utf-8' };

interface ResultsPage {
  readonly items: readonly BulkLineView[];
  readonly next: string | null;
}

const addresses = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `hxxps://harbour[.]example/${name}/${i}`);

describe('a long list', () => {
  let world: World;
  let cast: Awaited<ReturnType<World['cast']>>;
  beforeAll(async () => {
    world = await startWorld();
    cast = await world.cast();
  });
  afterAll(() => world.close());

  const send = (
    body: string,
    headers: Record<string, string> = TEXT,
    who: Person = cast.analyst,
  ): Promise<Answer<BulkView>> => who.post<BulkView>(`/v1/cases/bulk?${CASE}`, body, headers);
  const results = async ({ id }: BulkView): Promise<readonly BulkLineView[]> =>
    (await cast.analyst.get<ResultsPage>(`/v1/bulk/${id}/results?limit=200`)).body.items;

  it('opens a case, and each line has its own result: added, joined, held or rejected with its reason', async () => {
    await send('https://harbour.example/entry/known');
    const lines = [
      'url,account,platform,note',
      'hxxps://harbour[.]example/entry/1,,,"over two\r\nlines"',
      'https://harbour.example/entry/known,,,',
      'https://harbour.example/,,,',
      'https://nobody-knows.example/a,,,',
      ',somebody,harbour,',
      ',somebody,no-such-platform,',
      'not an address,,,',
      'https://harbour.example/entry/1,,,again',
      'https://harbour.example/entry/2,"open',
    ];
    const { status, body } = await send(lines.join('\r\n'), CSV);
    expect([status, body.state, body.cutBecause]).toEqual([201, 'completed', null]);
    expect(body).toMatchObject({ lines: 9, added: 3, joined: 2, held: 1, rejected: 3, format: 'csv' });
    const seen = await results(body);
    expect(seen.map(({ line, outcome, code }) => [line, outcome, code])).toEqual([
      [2, 'added', null],
      [4, 'joined', null],
      [5, 'held', null],
      [6, 'added', null],
      [7, 'added', null],
      [8, 'rejected', 'item.platform-unknown'],
      [9, 'rejected', 'address.invalid'],
      [10, 'joined', null],
      [11, 'rejected', 'bulk.line-unreadable'],
    ]);
    expect([seen[0]!.address, seen[0]!.platform!.slug]).toEqual(['https://harbour.example/entry/1', 'harbour']);
    expect([seen[2]!.detail, seen[3]!.platform!.status]).toEqual(['home', 'provisional']);
    expect(seen[0]!.itemId).toBe(seen[7]!.itemId);
    expect(body.rejectedLines.map(({ line }) => line)).toEqual([8, 9, 11]);
    expect(body.rejectedLines[1]!.detail).toBe('reason: whitespace_or_control');
    const file = await cast.analyst.get<{ items: { address: string; note: string | null }[] }>(
      `/v1/cases/${body.caseId}`,
    );
    expect(file.body.items.find(({ address }) => address.endsWith('/entry/1'))!.note).toBe('over two\nlines');
  });

  it('is added to a case that is open, and to no other', async () => {
    const first = await send('https://harbour.example/open/1');
    const url = `/v1/cases/${first.body.caseId}/bulk`;
    const line = JSON.stringify({ url: 'https://harbour.example/open/2', uploadedAt: '2026-03-01T08:00:00Z' });
    const more = await cast.analyst.post<BulkView>(url, `${line}\n{`, { 'content-type': 'application/x-ndjson' });
    expect(more.body).toMatchObject({ caseId: first.body.caseId, added: 1, rejected: 1, format: 'json_lines' });
    await cast.analyst.post(`/v1/cases/${first.body.caseId}/close`, {});
    const late = await cast.analyst.post<{ code: string }>(url, 'https://harbour.example/open/3', TEXT);
    expect([late.status, late.body.code]).toEqual([409, 'case.closed']);
    const nowhere = await cast.analyst.post(`/v1/cases/${randomUUID()}/bulk`, 'https://harbour.example/open/3', TEXT);
    expect(nowhere.status).toBe(404);
  });

  it('comes as the file of a form too, with the case before it', async () => {
    const form = new FormData();
    form.set(
      'case',
      JSON.stringify({ category: 'threat', ideology: 'unknown', title: 'A list', reasons: 'Many of them' }),
    );
    form.append(
      'file',
      new Blob(['url;note\nhttps://harbour.example/form/1;x\n'], { type: 'application/vnd.ms-excel' }),
      'list.csv',
    );
    const { status, body } = await cast.analyst.form<BulkView>('/v1/cases/bulk', form);
    expect([status, body.added]).toEqual([201, 1]);
    expect((await cast.analyst.get(`/v1/cases/${body.caseId}`)).body).toMatchObject({
      title: 'A list',
      category: 'threat',
    });
  });

  it('comes as a form that breaks off before its end, and none of it is taken', async () => {
    const head =
      '--b\r\ncontent-disposition: form-data; name="case"\r\n\r\n{"category":"threat","ideology":"other"}\r\n';
    const file =
      '--b\r\ncontent-disposition: form-data; name="file"; filename="l.txt"\r\ncontent-type: text/plain\r\n\r\n';
    const body = `${head}${file}https://harbour.example/half/1\nhttps://harbour.example/ha`;
    const answer = await cast.analyst.post<{ code: string }>('/v1/cases/bulk', body, { 'content-type': 'multipart/form-data; boundary=b' }); // prettier-ignore
    expect([answer.status, answer.body.code]).toEqual([400, 'file.interrupted']);
    expect((await world.sql.query(`select 1 from content_item where address like '%/half/%'`)).rowCount).toBe(0);
  });

  it('opens no case when there is nothing in it, its header is unknown or its case is not described', async () => {
    const count = async (): Promise<unknown> =>
      (await world.sql.query('select count(*)::int as n from case_file')).rows[0];
    const before = await count();
    const refusals = [
      await send('\n \r\n'),
      await send('name,street\nx,y\n', CSV),
      await cast.analyst.post('/v1/cases/bulk?category=incitement', 'https://harbour.example/x', TEXT),
      await cast.analyst.post(`/v1/cases/bulk?${CASE}`, { url: 'https://harbour.example/x' }),
    ];
    expect(refusals.map(({ status, body }) => [status, (body as unknown as { code: string }).code])).toEqual([
      [400, 'case.empty'],
      [400, 'bulk.header-unknown'],
      [400, 'request.invalid'],
      [415, 'request.unsupported-media-type'],
    ]);
    expect(await count()).toEqual(before);
    const elsewhere = await cast.analyst.post<{ code: string }>('/v1/cases', 'text', TEXT);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([415, 'request.unsupported-media-type']);
  });

  it('is read by those who may read cases of this unit, and by nobody else', async () => {
    const { body } = await send('https://harbour.example/secret/1');
    const stranger = await world.person(await world.organisation('authority', 'other-unit', { competences: ['refer'] }), ['analyst']); // prettier-ignore
    for (const path of ['', '/results', '/results.csv'])
      expect((await stranger.get(`/v1/bulk/${body.id}${path}`)).status).toBe(404);
    expect((await cast.moderator.get(`/v1/bulk/${body.id}`)).status).toBe(403);
    expect((await send('https://harbour.example/x', TEXT, cast.moderator)).status).toBe(403);
    await cast.analyst.get(`/v1/bulk/${body.id}/results`);
    const { rows } = await world.sql.query(`select 1 from ledger_entry where kind = 'case.read' and case_id = $1`, [
      body.caseId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('gives its results page by page and as CSV that no spreadsheet computes', async () => {
    const { body } = await send(addresses('pages', 620).join('\n'));
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const url: string = `/v1/bulk/${body.id}/results?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Answer<ResultsPage> = await cast.analyst.get<ResultsPage>(url);
      seen.push(...page.body.items.map(({ line }) => line));
      cursor = page.body.next;
    }
    expect(seen).toEqual(Array.from({ length: 620 }, (_, i) => i + 1));
    const csv = await cast.analyst.get<string>(`/v1/bulk/${body.id}/results.csv`);
    expect([csv.headers['content-type'], csv.headers['content-disposition']]).toEqual(['text/csv; charset=utf-8', 'attachment; filename="results.csv"']); // prettier-ignore
    const lines = csv.body.split('\r\n');
    expect([lines.length, lines[0]]).toEqual([
      622,
      '\uFEFFline,outcome,code,detail,itemId,platform,platformStatus,address',
    ]);
    expect(lines[620]).toMatch(/^620,added,,,[0-9a-f-]{36},harbour,active,hxxps:\/\/harbour\[\.\]example\/pages\/619$/);
    expect((await cast.analyst.get(`/v1/bulk/${body.id}/results?cursor=x`)).status).toBe(400);
  });

  it('tells of its progress on the feed, portion by portion, and of its end', async () => {
    const { body } = await send([...addresses('feed', 1100), 'nonsense'].join('\n'));
    const told = async () => {
      const { rows } = await world.sql.query<{ bytes: Buffer }>(`select e.bytes from ledger_leaf l join ledger_entry e on e.id = l.entry_id where e.kind like 'bulk.%' and e.case_id = $1 order by l.seq`, [body.caseId]); // prettier-ignore
      return rows.map(({ bytes }) => JSON.parse(bytes.toString()) as { kind: string; dims: Record<string, unknown> });
    };
    const seen = await eventually(told, (found) => found.some(({ kind }) => kind === 'bulk.completed'));
    expect(seen.map(({ kind, dims }) => [kind, dims.lines, dims.added, dims.rejected])).toEqual([
      ['bulk.progressed', 500, 500, 0],
      ['bulk.progressed', 1000, 500, 0],
      ['bulk.progressed', 1101, 100, 1],
      ['bulk.completed', 1101, 1100, 1],
    ]);
  });

  it('takes ten thousand items and says that there were more', async () => {
    const { body } = await send([...addresses('most', 10_000), 'https://harbour.example/one-too-many'].join('\n'));
    expect(body).toMatchObject({ state: 'completed', cutBecause: 'items', lines: 10_000, added: 10_000 });
    const { rowCount } = await world.sql.query(`select 1 from content_item where address like '%one-too-many'`);
    expect(rowCount).toBe(0);
  }, 60_000);

  it('is done once under one idempotency key, and another list under it is refused', async () => {
    const headers = { ...TEXT, 'idempotency-key': randomUUID() };
    const list = addresses('once', 700);
    const [first, twin] = await Promise.all([send(list.join('\n'), headers), send(list.join('\n'), headers)]);
    const again = await send(list.join('\n'), headers);
    expect([first.body.id, twin.body.id, again.body.id]).toEqual([first.body.id, first.body.id, first.body.id]);
    expect(again.body).toMatchObject({ lines: 700, added: 700, joined: 0 });
    const others = [
      list.slice(1),
      [...list, 'https://harbour.example/more'],
      list.slice(0, 500),
      [...list, ...addresses('twice', 500)],
    ];
    for (const other of others) {
      const answer = await send(other.join('\n'), headers);
      expect([answer.status, (answer.body as unknown as { code: string }).code]).toEqual([
        409,
        'idempotency.key-reused',
      ]);
    }
    expect((await cast.analyst.get(`/v1/bulk/${first.body.id}`)).body).toMatchObject({ lines: 700 });
  });
});
