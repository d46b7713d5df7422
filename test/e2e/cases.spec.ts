import { startWorld, type Answer, type Person, type World } from '../support/app';
import { NO_INSTANTS } from '../support/instants';

interface Item {
  readonly id: string;
  readonly index: number;
  readonly address: string;
  readonly identity: string;
  readonly platform: { readonly id: string; readonly slug: string; readonly status: string };
  readonly state: string;
  readonly heldBecause: string | null;
  readonly joined: boolean;
  readonly caseId: string;
  readonly previousItemId: string | null;
}

interface Submitted {
  readonly id: string;
  readonly reference: string;
  readonly code?: string;
  readonly items: readonly Item[];
  readonly refused: readonly { index?: number; code: string; title: string; detail: string }[];
  readonly receipt: { readonly entry: { readonly digest: string } };
}

describe('cases', () => {
  let world: World;
  let cast: Awaited<ReturnType<World['cast']>>;
  beforeAll(async () => {
    world = await startWorld();
    cast = await world.cast();
  });
  afterAll(() => world.close());

  let count = 0;
  const fresh = (): string => `https://harbour.example/post/${++count}`;
  const submit = (items: readonly unknown[], by: Person = cast.analyst): Promise<Answer<Submitted>> =>
    by.post<Submitted>('/v1/cases', { category: 'incitement', ideology: 'unknown', items });

  const entriesOf = async (caseId: string): Promise<string[]> => {
    const found = await world.sql.query<{ kind: string }>('select kind from ledger_entry where case_id = $1 order by id', [caseId]); // prettier-ignore
    return found.rows.map(({ kind }) => kind);
  };

  it('takes forty addresses at once, finds their platform, and answers with a receipt', async () => {
    const urls = Array.from({ length: 40 }, fresh);
    const { status, body } = await submit(urls.map((url) => ({ url })));
    expect(status).toBe(201);
    expect(body.items.map(({ address }) => address)).toEqual(urls);
    expect(new Set(body.items.map(({ platform }) => platform.id))).toEqual(new Set([cast.platform.id]));
    expect(body.items.every(({ state, joined, caseId }) => state === 'open' && !joined && caseId === body.id)).toBe(
      true,
    );
    expect(body.reference).toMatch(/^2026-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(body.receipt.entry.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await entriesOf(body.id)).filter((kind) => kind === 'item.added')).toHaveLength(40);
  });

  it('refangs what was defanged and keeps everything else as it was given', async () => {
    const verbatim = 'https://HARBOUR.example:443/Post/%7eA?b=2&a=1#Part-Two';
    const { body } = await submit([
      { url: 'hxxps://harbour[.]example/defanged/1' },
      { url: verbatim },
      { url: verbatim.replace('#Part-Two', '#part-two') },
    ]);
    expect(body.items.map(({ address }) => address)).toEqual([
      'https://harbour.example/defanged/1',
      verbatim,
      verbatim.replace('#Part-Two', '#part-two'),
    ]);
    expect(body.items[1]!.identity).toBe('https://harbour.example/Post/%7eA?b=2&a=1#Part-Two');
    expect(body.items.every(({ joined }) => !joined)).toBe(true);
  });

  it('refuses a bad line with its reason and keeps the others', async () => {
    const good = fresh();
    const { status, body } = await submit([
      { url: 'ftp://harbour.example/file' },
      { url: good },
      { account: 'someone' },
      { url: good, account: 'both', platform: 'harbour' },
      { account: 'someone', platform: 'nobody-has-this-name' },
      { url: fresh(), uploadedAt: '2030-01-01T00:00:00Z' },
      { url: fresh(), note: 'a \ud800 half' },
      'not an object',
      { url: 'https://someone:secret@harbour.example/x' },
      { url: 'https://other.example/x', platform: 'harbour' },
    ]);
    expect(status).toBe(201);
    expect(body.items.map(({ address }) => address)).toEqual([good, 'https://other.example/x']);
    expect(body.refused.map(({ index, code }) => [index, code])).toEqual([
      [0, 'address.invalid'],
      [2, 'request.invalid'],
      [3, 'request.invalid'],
      [4, 'item.platform-unknown'],
      [5, 'request.invalid'],
      [6, 'request.invalid'],
      [7, 'request.invalid'],
      [8, 'address.invalid'],
    ]);
    expect(JSON.stringify(body.refused)).not.toContain('secret');
  });

  it('refuses only the line whose time is no instant', async () => {
    const good = fresh();
    const { status, body } = await submit([
      ...NO_INSTANTS.map((uploadedAt) => ({ url: fresh(), uploadedAt })),
      { url: good, uploadedAt: '2026-02-28T10:00:00+02:00' },
    ]);
    expect(status).toBe(201);
    expect(body.items).toMatchObject([{ address: good, uploadedAt: '2026-02-28T08:00:00.000Z' }]);
    expect(body.refused).toMatchObject(
      NO_INSTANTS.map((_value, index) => ({
        index,
        code: 'request.invalid',
        detail: expect.stringMatching(/^\/uploadedAt: /),
      })),
    );
  });

  it('holds an address that a browser resolves to a whole site, and joins the same page behind dots', async () => {
    const page = fresh();
    const dotted = page.replace('/post/', '/x/%2E./post/./');
    const { body } = await submit([
      { url: 'https://harbour.example/%2e%2e/' },
      { url: 'https://harbour.example/?page=2' },
      { url: page },
      { url: dotted },
    ]);
    expect(body.items).toMatchObject([
      { address: 'https://harbour.example/%2e%2e/', state: 'held', heldBecause: 'home' },
      { address: 'https://harbour.example/?page=2', state: 'held', heldBecause: 'home' },
      { address: page, state: 'open', joined: false },
      { address: page, state: 'open', joined: true },
    ]);
  });

  it('refuses a submission of which nothing could be taken, and keeps no case of it', async () => {
    const before = await world.sql.query('select count(*) from case_file');
    const nothing = await submit([{ url: 'nonsense' }]);
    expect([nothing.status, nothing.body.code, nothing.body.refused.length]).toEqual([400, 'case.empty', 1]);
    expect((await submit([])).body.code).toBe('case.empty');
    expect((await submit(Array.from({ length: 501 }, () => ({ url: fresh() })))).status).toBe(400);
    expect((await world.sql.query('select count(*) from case_file')).rows).toEqual(before.rows);
  });

  it('makes a provisional platform of an unknown host, once, and finds it again under its subdomains', async () => {
    const { body } = await submit([
      { url: 'https://www.nowhere.example/a/1' },
      { url: 'https://nowhere.example/a/2' },
      { url: 'https://cdn.nowhere.example/a/3' },
    ]);
    expect(new Set(body.items.map(({ platform }) => `${platform.slug} ${platform.status}`))).toEqual(
      new Set(['nowhere.example provisional']),
    );
    expect((await submit([{ url: 'https://m.nowhere.example/a/4' }])).body.items[0]!.platform.id).toBe(
      body.items[0]!.platform.id,
    );
    const { rows } = await world.sql.query("select shared.body from ledger_entry e join ledger_body shared on shared.entry_id = e.id and part = 'shared' where kind = 'platform.provisional'"); // prettier-ignore
    expect(rows).toEqual([{ body: '{"host":"nowhere.example"}' }]);
  });

  it('refuses an address on one platform that is said to be on another', async () => {
    await world.organisation('platform', 'lagoon', { hosts: ['lagoon.example'] });
    const { body } = await submit([{ url: fresh() }, { url: fresh(), platform: 'lagoon' }]);
    expect(body.refused).toMatchObject([{ index: 1, code: 'item.platform-mismatch' }]);
  });

  it('takes accounts and channels of a named platform, each once', async () => {
    const { body } = await submit([
      { account: '@Someone', platform: 'harbour' },
      { channel: 'Someone', platform: cast.platform.id },
      { account: 'Someone', platform: 'HARBOUR' },
    ]);
    expect(body.items.map(({ joined }) => joined)).toEqual([false, false, true]);
    expect(body.items[0]!.id).toBe(body.items[2]!.id);
    expect(body.items[0]!.address).toBe('@Someone');
  });

  it('joins what is open already and says so; after closure it makes a new item, linked to the old one', async () => {
    const url = fresh();
    const first = await submit([{ url }]);
    const second = await submit([{ url: url.replace('https://harbour', 'hxxps://HARBOUR') }, { url: fresh() }]);
    expect(second.body.items[0]).toMatchObject({ id: first.body.items[0]!.id, joined: true, caseId: first.body.id });
    expect(second.body.items[1]).toMatchObject({ joined: false, caseId: second.body.id });
    expect(await entriesOf(second.body.id)).toEqual(['case.opened', 'item.joined', 'item.added']);
    const seen = await cast.analyst.get<Submitted>(`/v1/cases/${second.body.id}`);
    expect(seen.body.items.filter(({ joined }) => joined).map(({ id }) => id)).toEqual([first.body.items[0]!.id]);

    const closed = await cast.analyst.post<{ state: string }>(`/v1/cases/${first.body.id}/close`, { version: 1 });
    expect([closed.status, closed.body.state]).toEqual([200, 'closed']);
    const third = await submit([{ url }]);
    expect(third.body.items[0]).toMatchObject({ joined: false, previousItemId: first.body.items[0]!.id });
    expect((await cast.analyst.post<Submitted>(`/v1/cases/${first.body.id}/items`, { items: [{ url: fresh() }] })).body.code).toBe('case.closed'); // prettier-ignore
    expect((await cast.analyst.post<Submitted>(`/v1/cases/${third.body.id}/close`, { version: 7 })).body.code).toBe('request.version-conflict'); // prettier-ignore
  });

  it('never shows what another organisation has', async () => {
    const url = fresh();
    const first = await submit([{ url }]);
    const other = await world.organisation('authority', 'unit-b', { competences: ['refer'] });
    const stranger = await world.person(other, ['analyst']);
    const theirs = await submit([{ url }], stranger);
    expect(theirs.body.items[0]).toMatchObject({ joined: false, previousItemId: null });
    expect(theirs.body.items[0]!.id).not.toBe(first.body.items[0]!.id);
    expect((await stranger.get(`/v1/cases/${first.body.id}`)).status).toBe(404);
    expect((await stranger.post(`/v1/cases/${first.body.id}/close`, {})).status).toBe(404);
    expect((await stranger.post(`/v1/cases/${first.body.id}/items`, { items: [{ url: fresh() }] })).status).toBe(404);
    expect((await stranger.post(`/v1/items/${first.body.items[0]!.id}/release`, { reason: 'any' })).status).toBe(404);
    const list = await stranger.get<{ items: { id: string }[] }>('/v1/cases');
    expect(list.body.items.map(({ id }) => id)).toEqual([theirs.body.id]);
  });

  it('lets simultaneous submissions of the same addresses end in one item each', async () => {
    const urls = Array.from({ length: 30 }, fresh);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => submit((i % 2 ? urls.toReversed() : urls).map((url) => ({ url })))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const all = answers.flatMap(({ body }) => body.items);
    expect(new Set(all.map(({ id }) => id)).size).toBe(30);
    expect(all.filter(({ joined }) => !joined)).toHaveLength(30);
  });

  it('lets simultaneous submissions to an unknown host find one platform', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => submit([{ url: `https://rush.example/p/${i}` }])),
    );
    expect(new Set(answers.map(({ body }) => body.items[0]!.platform.id)).size).toBe(1);
  });

  it('answers a repeat with the same idempotency key alike, and opens one case', async () => {
    const body = { category: 'threat', ideology: 'other', items: [{ url: fresh() }] };
    const headers = { 'idempotency-key': 'same-case' };
    const [first, twin] = await Promise.all([
      cast.analyst.post<Submitted>('/v1/cases', body, headers),
      cast.analyst.post<Submitted>('/v1/cases', body, headers),
    ]);
    expect(twin.body.id).toBe(first.body.id);
    const changed = await cast.analyst.post<Submitted>('/v1/cases', { ...body, title: 'other' }, headers);
    expect([changed.status, changed.body.code]).toEqual([409, 'idempotency.key-reused']);
  });

  it('repeats its answer to an addition after the case was closed, and refuses a new one', async () => {
    const { body } = await submit([{ url: fresh() }]);
    const items = [{ url: fresh() }];
    const add = (key: string) =>
      cast.analyst.post<Submitted>(`/v1/cases/${body.id}/items`, { items }, { 'idempotency-key': key });
    const first = await add('addition');
    await cast.analyst.post(`/v1/cases/${body.id}/close`, {});
    const repeat = await add('addition');
    expect([repeat.status, repeat.body.items]).toEqual([201, first.body.items]);
    expect((await add('another-addition')).body.code).toBe('case.closed');
  });

  it('takes 500 lines in one request', async () => {
    const { status, body } = await submit(Array.from({ length: 500 }, () => ({ url: fresh() })));
    expect([status, body.items.length, new Set(body.items.map(({ id }) => id)).size]).toEqual([201, 500, 500]);
    expect(body.items.map(({ index }) => index)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  describe('an address too broad to send', () => {
    const broad = async (): Promise<Item> =>
      (await submit([{ url: `https://wide${++count}.example/` }])).body.items[0]!;

    it('is held with its reason, whatever kind of breadth it is', async () => {
      const { body } = await submit([
        { url: 'https://harbour.example/' },
        { url: 'https://harbour.example/search?q=x' },
        { url: 'https://harbour.example/videos' },
        { url: 'https://harbour.example/videos/1' },
      ]);
      expect(body.items.map(({ state, heldBecause }) => [state, heldBecause])).toEqual([
        ['held', 'home'],
        ['held', 'search'],
        ['held', 'collection'],
        ['open', null],
      ]);
    });

    it('is released by a second person only, who may release', async () => {
      const item = await broad();
      const path = `/v1/items/${item.id}/release`;
      expect((await cast.analyst.post(path, {})).status).toBe(400);
      const asked = await cast.analyst.post<{ approval: { state: string } }>(path, { reason: 'all of it is such' });
      expect([asked.status, asked.body.approval.state]).toEqual([202, 'awaiting-second-person']);
      const again = await cast.analyst.post<{ code: string }>(path, { reason: 'I am sure' });
      expect([again.status, again.body.code]).toEqual([409, 'approval.same-person']);
      const colleague = await world.person(cast.unit, ['analyst']);
      expect((await colleague.post(path, { reason: 'I agree' })).status).toBe(403);
      const released = await cast.supervisor.post<Item>(path, { reason: 'looked at every page' });
      expect([released.status, released.body.state, released.body.heldBecause]).toEqual([200, 'open', null]);
      const late = await cast.supervisor.post<{ code: string }>(path, { reason: 'once more' });
      expect(late.body.code).toBe('item.not-held');
      expect(await entriesOf(item.caseId)).toEqual(['case.opened', 'item.added', 'item.held', 'item.released']);
    });
  });

  it('lists cases by page, newest first, and records who read one', async () => {
    const unit = await world.organisation('authority', 'unit-list', { competences: ['refer'] });
    const reader = await world.person(unit, ['analyst']);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await submit([{ url: fresh() }], reader)).body.id);
    type List = { items: { id: string; items: number }[]; next: string | null };
    const first = await reader.get<List>('/v1/cases?limit=3');
    const rest = await reader.get<List>(`/v1/cases?limit=3&cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items].map(({ id }) => id)).toEqual(ids);
    expect([first.body.items[0]!.items, rest.body.next]).toEqual([1, null]);
    await reader.get(`/v1/cases/${ids[0]}`);
    expect(await entriesOf(ids[0]!)).toContain('case.read');
  });
});
