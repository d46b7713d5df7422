import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contribute, hashOf, issue, md5Of, sequenced } from '../support/exchange';
import { read, readSince, standOf, subscribe } from '../support/exchange-inbound';

/** The servers of one whole service, followed by another one in the protocols of the field. */
describe('a service that follows another one', () => {
  let a: World;
  let b: World;
  let address: string;
  let curator: Person;
  let other: Person;

  beforeAll(async () => {
    [a, b] = await Promise.all([startWorld(), startWorld()]);
    const there = await a.cast();
    curator = await a.person(there.unit, ['analyst', 'curator']);
    other = await a.person(there.platform, ['curator', 'admin']);
    address = await a.listen();
  });
  afterAll(async () => {
    await b?.close();
    await a?.close();
  });

  async function contributed(value: string, more: object = {}): Promise<string> {
    a.clock.advance(1_000);
    return contribute(a, curator, value, more);
  }

  async function act(path: string, body: object): Promise<void> {
    a.clock.advance(1_000);
    const done = await (path.includes('opinion') ? other : curator).post(path, body);
    expect([done.status < 300, done.body]).toEqual([true, expect.anything()]);
    await sequenced(a);
  }

  /** Each protocol with a subscriber of its own, so that no source stands in the shadow of another. */
  async function begin(what: object): Promise<{ admin: Person; source: SourceView }> {
    const organisation = await b.organisation('authority', `sub-${Math.random().toString(36).slice(2, 8)}`);
    const admin = await b.person(organisation, ['admin', 'analyst', 'curator']);
    const list = await admin.post<{ id: string }>('/v1/signal-lists', {
      slug: 'taken',
      name: 'Taken',
      purpose: 'what comes from elsewhere',
      sharing: 'group',
      tlp: 'amber',
    });
    expect([list.status, list.body]).toEqual([201, expect.anything()]);
    b.clock.advance(1_000);
    const at = b.clock.now();
    const source = await subscribe(admin, { listId: list.body.id, ...what });
    return { admin, source: await readSince(admin, source.id, at) };
  }

  it('takes a TAXII collection: indicators with labels, opinions as disputes, revocations', async () => {
    const [value, gone, sha] = [hashOf('taxii 1'), hashOf('taxii gone'), hashOf('taxii sha')];
    const id = await contributed(value, { labels: { category: 'incitement', ideology: 'unknown' }, severity: 'high' });
    const goneId = await contributed(gone);
    await contributed(sha, { type: 'sha256' });
    await contributed(md5Of('taxii'), { type: 'md5' });
    const issued = await issue(other, { protocol: 'taxii', lists: [COMMON_LIST] });
    const { admin, source } = await begin({
      protocol: 'taxii',
      name: 'North collection',
      address: `${address}/taxii2/signals/collections/${COMMON_LIST}/`,
      credential: { username: issued.username, password: issued.secrets.password },
    });
    expect(source).toMatchObject({ state: 'active', lastError: null, taken: 4, refused: 0 });
    const { rows } = await b.sql.query(
      `select s.type, c.labels, c.severity, c.reviewed, c.provenance from signal_contribution c join signal s on s.id = c.signal_id
       where s.value = $1 and c.source_id = $2`,
      [value, source.id],
    );
    expect(rows).toMatchObject(
      [
        {
          type: 'pdq',
          labels: { category: 'incitement', ideology: 'unknown' },
          severity: 'high',
          // A PDQ whose quality nobody says counts as looked at by nobody.
          reviewed: false,
          provenance: { source: 'North collection', protocol: 'taxii', confidence: 85, id: /^indicator--/ },
        },
      ].map((row) => ({ ...row, provenance: { ...row.provenance, id: expect.stringMatching(/^indicator--/) } })),
    );

    await act(`/v1/signals/${id}/opinion`, { opinion: 'dispute', reason: 'educational_or_research' });
    await act(`/v1/signals/${goneId}/withdraw`, { reason: 'wrong file' });
    const after = await read(b, admin, source.id);
    expect(after).toMatchObject({ state: 'active', retracted: 1 });
    expect(await standOf(b, value)).toMatchObject({
      state: 'disputed',
      disputes: [{ reason: 'educational_or_research', note: expect.stringContaining('North collection') }],
    });
    expect(await standOf(b, gone)).toMatchObject({ state: 'withdrawn' });
    await act(`/v1/signals/${id}/opinion/retract`, {});
    await read(b, admin, source.id);
    expect(await standOf(b, value)).toMatchObject({ state: 'provisional', disputes: [{ state: 'retracted' }] });
    expect(await standOf(b, sha)).toMatchObject({ state: 'active' });
    const quiet = await read(b, admin, source.id);
    expect(quiet).toMatchObject({ state: 'active', lastError: null, taken: 4 });
  });

  it('takes a Tech Against Terrorism list: a login before every page, ideologies, deletions', async () => {
    const [value, gone] = [hashOf('tat 1'), hashOf('tat gone')];
    await contributed(value, { labels: { ideology: 'jihadist' } });
    const goneId = await contributed(gone);
    await contributed(hashOf('tat bh'), { type: 'blockhash' });
    const issued = await issue(other, { protocol: 'tat', lists: [COMMON_LIST] });
    const { admin, source } = await begin({
      protocol: 'tat',
      name: 'The list',
      address: `${address}/exchange/tat`,
      credential: { username: issued.username, password: issued.secrets.password },
    });
    expect(source).toMatchObject({ state: 'active', lastError: null, refused: 0 });
    expect(await standOf(b, value)).toMatchObject({ state: 'provisional' });
    expect(await standOf(b, hashOf('tat bh'))).toBeNull();
    const { rows } = await b.sql.query(
      `select c.labels from signal_contribution c join signal s on s.id = c.signal_id where s.value = $1 and c.source_id = $2`,
      [value, source.id],
    );
    expect(rows).toEqual([{ labels: { ideology: 'jihadist' } }]);
    await act(`/v1/signals/${goneId}/withdraw`, { reason: 'wrong file' });
    expect(await read(b, admin, source.id)).toMatchObject({ state: 'active', retracted: 1 });
    expect(await standOf(b, gone)).toMatchObject({ state: 'withdrawn' });
  });

  it('hands what one source took back on to another one that still says that it stands', async () => {
    const value = hashOf('shadowed');
    const feed = await issue(other, { protocol: 'feed', lists: [COMMON_LIST] });
    const tat = await issue(other, { protocol: 'tat', lists: [COMMON_LIST] });
    await contributed(value);
    const { admin, source: first } = await begin({
      protocol: 'clepsydra',
      name: 'First',
      address,
      credential: { token: feed.secrets.token },
    });
    b.clock.advance(1_000);
    const at = b.clock.now();
    const second = await subscribe(admin, {
      protocol: 'tat',
      name: 'Second',
      listId: first.listId,
      address: `${address}/exchange/tat`,
      credential: { username: tat.username, password: tat.secrets.password },
    });
    await readSince(admin, second.id, at);
    await admin.post(`/v1/exchange-sources/${first.id}/remove`, { brought: 'retract' });
    const { rows } = await b.sql.query(
      `select c.source_id, c.provenance ->> 'source' as source from signal_contribution c join signal s on s.id = c.signal_id
       where s.value = $1 and c.list_id = $2 and c.state = 'standing'`,
      [value, first.listId],
    );
    expect(rows).toEqual([{ source_id: second.id, source: 'Second' }]);
  });

  it('keeps a credential sealed: nowhere in the database, in an answer or in the ledger', async () => {
    const issued = await issue(other, { protocol: 'feed', lists: [COMMON_LIST] });
    const secret = issued.secrets.token!;
    const { admin, source } = await begin({ protocol: 'clepsydra', address, credential: { token: secret } });
    const answers = JSON.stringify([source, (await admin.get('/v1/exchange-sources')).body]);
    expect(answers).not.toContain(secret);
    const { rows: tables } = await b.sql.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const { rows } = await b.sql.query(
        `select 1 from "${name}" t where t::text like $1 or position($2::bytea in convert_to(t::text, 'UTF8')) > 0 limit 1`,
        [`%${secret}%`, Buffer.from(secret).toString('hex')],
      );
      expect([name, rows]).toEqual([name, []]);
    }
  });
});
