import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contribute, hashOf, issue, sequenced } from '../support/exchange';
import { read, readSince, standOf, subscribe } from '../support/exchange-inbound';

/** Two whole services, each with a database of its own: B takes what A gives. */
describe('a federation of two services', () => {
  let a: World;
  let b: World;
  let curator: Person;
  let other: Person;
  let admin: Person;
  let source: SourceView;

  beforeAll(async () => {
    [a, b] = await Promise.all([startWorld(), startWorld()]);
    const [there, here] = [await a.cast(), await b.cast()];
    curator = await a.person(there.unit, ['analyst', 'curator']);
    other = await a.person(there.platform, ['curator', 'admin']);
    admin = await b.person(here.unit, ['admin', 'analyst', 'curator']);
    const issued = await issue(other, { protocol: 'feed', lists: [COMMON_LIST] });
    const at = b.clock.now();
    source = await subscribe(admin, {
      protocol: 'clepsydra',
      name: 'North',
      address: await a.listen(),
      credential: { token: issued.secrets.token },
    });
    await readSince(admin, source.id, at);
  });
  afterAll(async () => {
    await b?.close();
    await a?.close();
  });

  const contributed = (value: string, more: object = {}): Promise<string> => contribute(a, curator, value, more);

  const follow = (): Promise<SourceView> => read(b, admin, source.id);

  it('takes a contribution with its labels and where it comes from, and finds it at once', async () => {
    const value = hashOf('federated 1');
    const id = await contributed(value, { labels: { category: 'incitement', ideology: 'unknown' }, severity: 'high' });
    const read1 = await follow();
    expect(read1).toMatchObject({ state: 'active', lastError: null, taken: 1, refused: 0 });
    const found = await admin.get<{ matches: { signalId: string; reviewed: boolean }[] }>(
      `/v1/signals/match?type=pdq&value=${value}`,
    );
    expect(found.body.matches).toMatchObject([
      { reviewed: true, severity: 'high', labels: { category: 'incitement' } },
    ]);
    const view = await admin.get<{ contributions: { provenance: object; listId: string }[] }>(
      `/v1/signals/${found.body.matches[0]!.signalId}`,
    );
    expect(view.body.contributions).toMatchObject([
      { listId: COMMON_LIST, provenance: { source: 'North', protocol: 'clepsydra', id, state: 'active' } },
    ]);
  });

  it('says nothing in the ledger when nothing changed', async () => {
    const count = async (): Promise<number> =>
      (await b.sql.query(`select 1 from ledger_entry where kind = 'exchange.synced'`)).rowCount ?? 0;
    await follow();
    const before = await count();
    await follow();
    await follow();
    expect(await count()).toBe(before);
  });

  it('hands a dispute on with its reason and its source, in nobody’s name here, and ends it when it ends there', async () => {
    const value = hashOf('federated disputed');
    const id = await contributed(value);
    await follow();
    expect(await standOf(b, value)).toMatchObject({ state: 'active', disputes: [] });
    const disputed = await other.post(`/v1/signals/${id}/opinion`, { opinion: 'dispute', reason: 'journalistic' });
    expect(disputed.status).toBeLessThan(300);
    await sequenced(a);
    await follow();
    expect(await standOf(b, value)).toMatchObject({
      state: 'disputed',
      standing: 1,
      disputes: [
        {
          reason: 'journalistic',
          note: 'Handed on, unchecked: journalistic (Harbour, at North)',
          state: 'open',
          organisation_id: null,
        },
      ],
    });
    await other.post(`/v1/signals/${id}/opinion/retract`);
    await sequenced(a);
    await follow();
    expect(await standOf(b, value)).toMatchObject({ state: 'active', disputes: [{ state: 'retracted' }] });
  });

  it('does not open a dispute again that a person here rejected', async () => {
    const value = hashOf('federated rejected');
    const id = await contributed(value);
    await other.post(`/v1/signals/${id}/opinion`, { opinion: 'dispute', reason: 'artistic' });
    await sequenced(a);
    await follow();
    const open = await admin.get<{
      items: { id: string; mayReject: boolean; note: string; relayedBy: { id: string } }[];
    }>('/v1/signal-disputes?state=open');
    const dispute = open.body.items.find(({ note }) => note.includes('artistic'))!;
    // Nobody's opinion here, and yet it is known who brought it.
    expect(dispute).toMatchObject({
      mayReject: false,
      organisationId: null,
      relayedBy: { id: admin.organisation.id, name: admin.organisation.name },
    });
    // Whoever brought the hash is not the judge of it: on the common list that is the operator.
    const operator = await b.person(await b.organisation('operator', 'registry-b'), ['operator']);
    const decided = await operator.post(`/v1/signal-disputes/${dispute.id}/resolve`, {
      outcome: 'rejected',
      note: 'it is none',
    });
    expect([decided.status, decided.body]).toEqual([200, expect.anything()]);
    // Another change there brings the whole line again.
    await curator.post(`/v1/signals/${id}/opinion`, { opinion: 'confirm' });
    await sequenced(a);
    await follow();
    expect(await standOf(b, value)).toMatchObject({ state: 'active', disputes: [{ state: 'rejected' }] });
  });

  it('takes back what was withdrawn there, and what the organisation contributed by itself stays', async () => {
    const [alone, both] = [hashOf('federated withdrawn'), hashOf('federated both')];
    const own = await admin.post('/v1/signals', { type: 'pdq', value: both, quality: 90, labels: {} });
    expect(own.status).toBe(201);
    const ids = [await contributed(alone), await contributed(both)];
    await follow();
    expect(await standOf(b, alone)).toMatchObject({ state: 'active' });
    for (const id of ids) await curator.post(`/v1/signals/${id}/withdraw`, { reason: 'wrong file' });
    await sequenced(a);
    const after = await follow();
    expect(after.retracted).toBeGreaterThanOrEqual(1);
    expect(await standOf(b, alone)).toMatchObject({ state: 'withdrawn', standing: 0 });
    expect(await standOf(b, both)).toMatchObject({ state: 'active', standing: 1 });
    const { rows } = await b.sql.query(
      `select c.end_ground from signal_contribution c join signal s on s.id = c.signal_id where s.value = $1`,
      [alone],
    );
    expect(rows).toEqual([{ end_ground: 'source_withdrew' }]);
  });

  it('erases what was erased there', async () => {
    const value = hashOf('federated erased');
    const id = await contributed(value, { labels: { category: 'threat' } });
    await follow();
    const body = await a.organisation('operator', 'operator');
    for (const status of [202, 200]) {
      const answer = await (await a.person(body, ['operator'])).post(`/v1/signals/${id}/erase`, { reason: 'by law' });
      expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
    }
    await sequenced(a);
    await follow();
    const { rows } = await b.sql.query(
      `select s.state, s.erased_at is not null as erased, c.labels, c.provenance, c.state as ended from signal s
       join signal_contribution c on c.signal_id = s.id where s.value = $1`,
      [value],
    );
    expect(rows).toEqual([{ state: 'withdrawn', erased: true, labels: {}, provenance: {}, ended: 'erased' }]);
  });

  it('restates labels in place when they change there, so that what was said here of the hash stays', async () => {
    const value = hashOf('federated restated');
    const id = await contributed(value, { reviewed: false });
    await follow();
    expect(await standOf(b, value)).toMatchObject({ state: 'provisional' });
    await other.post(`/v1/signals/${id}/opinion`, { opinion: 'confirm' });
    await other.post('/v1/signals', {
      type: 'pdq',
      value,
      quality: 90,
      labels: { category: 'threat' },
      severity: 'critical',
    });
    await sequenced(a);
    await follow();
    const { rows } = await b.sql.query(
      `select c.labels, c.severity, c.reviewed, c.expires_at, count(*) over () ::int as rows from signal_contribution c
       join signal s on s.id = c.signal_id where s.value = $1`,
      [value],
    );
    expect(rows).toEqual([
      { labels: { category: 'threat' }, severity: 'critical', reviewed: true, expires_at: null, rows: 1 },
    ]);
  });

  it('does not bring back what somebody here withdrew', async () => {
    const value = hashOf('federated decided');
    const id = await contributed(value);
    await follow();
    const here = await admin.get<{ matches: { signalId: string }[] }>(`/v1/signals/match?type=pdq&value=${value}`);
    const withdrawn = await admin.post(`/v1/signals/${here.body.matches[0]!.signalId}/withdraw`, {
      reason: 'not ours',
    });
    expect(withdrawn.status).toBeLessThan(300);
    await other.post(`/v1/signals/${id}/opinion`, { opinion: 'confirm' });
    await sequenced(a);
    await follow();
    expect(await standOf(b, value)).toMatchObject({ state: 'withdrawn', standing: 0 });
  });

  it('is paused, resumed and removed with what it brought and nothing else', async () => {
    const value = hashOf('federated paused');
    expect((await admin.post(`/v1/exchange-sources/${source.id}/pause`)).body).toMatchObject({ state: 'paused' });
    await contributed(value);
    expect(await admin.post(`/v1/exchange-sources/${source.id}/run`)).toMatchObject({
      status: 409,
      body: { code: 'exchange.source-paused' },
    });
    b.clock.advance(1_000);
    const at = b.clock.now();
    expect((await admin.post(`/v1/exchange-sources/${source.id}/resume`)).body).toMatchObject({ state: 'active' });
    await readSince(admin, source.id, at);
    expect(await standOf(b, value)).toMatchObject({ state: 'active' });
    const removed = await admin.post<SourceView>(`/v1/exchange-sources/${source.id}/remove`, { brought: 'retract' });
    expect(removed.body).toMatchObject({ state: 'ended', hasCredential: false, takesBack: false });
    expect(await standOf(b, value)).toMatchObject({ state: 'withdrawn' });
    expect(await standOf(b, hashOf('federated 1'))).toMatchObject({ state: 'withdrawn' });
    expect(await standOf(b, hashOf('federated both'))).toMatchObject({ state: 'active' });
    expect((await admin.post(`/v1/exchange-sources/${source.id}/run`)).body).toMatchObject({
      code: 'exchange.source-ended',
    });
    const { rows } = await b.sql.query('select count(*)::int as n from exchange_record where source_id = $1', [
      source.id,
    ]);
    expect(rows).toEqual([{ n: 0 }]);
  });
});
