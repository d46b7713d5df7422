import { COMMON_LIST } from '../../src/signals/changes';
import { minutes, type Person, type World } from '../support/app';
import { Exchange, hashOf, issue, sequenced, type Issued } from '../support/exchange';
import { TaxiiClient, type Stix } from '../support/exchange-clients';

/** OASIS cti-stix-common-objects, tlp-2.0. */
const AMBER = 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421';
const byId = (a: Stix, b: Stix): number => (a.id < b.id ? -1 : 1);
const STIX_ID = /^[a-z][a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the TAXII server', () => {
  let here: Exchange;
  let world: World;
  let host: Person;
  let credential: Issued;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world, host } = here);
    credential = await issue(here.admin, { protocol: 'taxii', lists: [COMMON_LIST] });
  });
  afterAll(() => here?.close());
  beforeEach(() => world.clock.advance(minutes(1)));

  const client = (limit?: number): TaxiiClient => new TaxiiClient(world, credential, COMMON_LIST, limit);

  const byPattern = (from: TaxiiClient, value: string): Stix | undefined =>
    [...from.objects.values()].find((each) => each.type === 'indicator' && String(each.pattern).includes(value));

  it('is discovered, names its collections and says that they are read-only', async () => {
    const discovery = await client().at<{ api_roots: string[]; default: string }>('/taxii2/');
    expect(discovery.headers['content-type']).toBe('application/taxii+json;version=2.1');
    expect(new URL(discovery.body.default).pathname).toBe('/taxii2/signals/');
    const root = await client().at('/taxii2/signals/');
    expect(root.body).toMatchObject({
      versions: ['application/taxii+json;version=2.1'],
      max_content_length: expect.any(Number),
    });
    const { body } = await client().at<{ collections: object[] }>('/taxii2/signals/collections/');
    expect(body.collections).toEqual([
      {
        id: COMMON_LIST,
        title: 'Common list',
        description: expect.any(String),
        alias: 'common',
        can_read: true,
        can_write: false,
        media_types: ['application/stix+json;version=2.1'],
      },
    ]);
    expect((await client().at('/taxii2/signals/collections/common/')).body).toEqual(body.collections[0]);
  });

  it('serves an indicator for each hash with the exact marking of its list', async () => {
    const value = hashOf('taxii 1');
    await here.contribute(value, { labels: { category: 'incitement' }, severity: 'high' });
    await here.contribute(hashOf('taxii sha'), { type: 'sha256' });
    const poller = client();
    await poller.poll();
    expect(poller.objects.get(AMBER)).toMatchObject({
      type: 'marking-definition',
      created: '2022-10-01T00:00:00.000Z',
      name: 'TLP:AMBER',
      extensions: {
        'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': {
          extension_type: 'property-extension',
          tlp_2_0: 'amber',
        },
      },
    });
    const indicator = byPattern(poller, value)!;
    expect(indicator).toMatchObject({
      spec_version: '2.1',
      pattern: `[file:hashes.'PDQ' = '${value}']`,
      pattern_type: 'stix',
      revoked: false,
      object_marking_refs: [AMBER],
      labels: ['state:active', 'category:incitement', 'severity:high'],
    });
    expect(byPattern(poller, hashOf('taxii sha'))!.pattern).toBe(`[file:hashes.'SHA-256' = '${hashOf('taxii sha')}']`);
    for (const { id } of poller.objects.values()) expect(id).toMatch(STIX_ID);
    expect(poller.objects.get(String(indicator.created_by_ref))).toMatchObject({ type: 'identity' });
  });

  it('adds opinions as they are stated and revokes those that are taken back', async () => {
    const value = hashOf('taxii disputed');
    const id = await here.contribute(value);
    const poller = client();
    await poller.poll();
    world.clock.advance(minutes(1));
    await here.dispute(id);
    await poller.poll();
    const indicator = byPattern(poller, value)!;
    expect(indicator.labels).toContain('state:disputed');
    const opinionOf = (): Stix =>
      [...poller.objects.values()].find(
        (each) => each.type === 'opinion' && (each.object_refs as string[]).includes(indicator.id),
      )!;
    expect(opinionOf()).toMatchObject({ opinion: 'disagree', explanation: 'journalistic', revoked: false });
    expect(poller.objects.get(String(opinionOf().created_by_ref))).toMatchObject({ type: 'identity', name: 'Harbour' });
    world.clock.advance(minutes(1));
    expect((await host.post(`/v1/signals/${id}/opinion/retract`)).status).toBeLessThan(300);
    await sequenced(world);
    await poller.poll();
    expect(opinionOf()).toMatchObject({ revoked: true });
    expect(byPattern(poller, value)!.labels).toContain('state:active');
  });

  it('counts confirmed matches as a sighting', async () => {
    const value = hashOf('taxii sighted');
    const id = await here.contribute(value);
    expect((await host.post(`/v1/signals/${id}/feedback`, { verdict: 'confirmed' })).status).toBeLessThan(300);
    await sequenced(world);
    const poller = client();
    await poller.poll();
    const sighting = [...poller.objects.values()].find((each) => each.type === 'sighting');
    expect(sighting).toMatchObject({ count: 1, sighting_of_ref: byPattern(poller, value)!.id });
  });

  it('revokes what is withdrawn, with a newer version, to whoever comes back by the time of the header', async () => {
    const value = hashOf('taxii withdrawn');
    const id = await here.contribute(value);
    const poller = client();
    await poller.poll();
    const before = byPattern(poller, value)!;
    expect(await poller.poll()).toBe(0);
    world.clock.advance(minutes(1));
    await here.withdraw(id);
    expect(await poller.poll()).toBeGreaterThan(0);
    const after = byPattern(poller, value)!;
    expect(after).toMatchObject({ id: before.id, created: before.created, revoked: true });
    expect(after.modified! > before.modified!).toBe(true);
  });

  it('serves what stands again under a new id, and goes on serving the old one as revoked', async () => {
    const value = hashOf('taxii twice');
    const id = await here.contribute(value, { labels: { category: 'incitement' } });
    const [poller, late] = [client(), client()];
    const all = (from: TaxiiClient): Stix[] =>
      [...from.objects.values()].filter((each) => each.type === 'indicator' && String(each.pattern).includes(value));
    await poller.poll();
    await late.poll();
    const spells: Stix[][] = [all(poller)];
    for (let spell = 1; spell <= 2; spell++) {
      world.clock.advance(minutes(1));
      await here.withdraw(id);
      await poller.poll();
      expect(all(poller).map(({ revoked }) => revoked)).toEqual(Array(spell).fill(true));
      const ended = all(poller);
      world.clock.advance(minutes(1));
      await here.contribute(value, { labels: { category: 'incitement' } });
      await poller.poll();
      const now = all(poller);
      expect(now.map(({ revoked }) => revoked)).toEqual([...Array<boolean>(spell).fill(true), false]);
      expect(now.slice(0, -1)).toEqual(ended);
      const standing = now.at(-1)!;
      expect(standing.id).toMatch(STIX_ID);
      expect(standing.modified! >= String(standing.created)).toBe(true);
      expect(String(standing.created) > ended.at(-1)!.modified!).toBe(true);
      spells.push(now);
    }
    // Who was not there when it was withdrawn learns of every end as well, and of nothing twice.
    await late.poll();
    const fresh = client();
    await fresh.poll();
    for (const each of [late, fresh]) expect(all(each).toSorted(byId)).toEqual(all(poller).toSorted(byId));
    expect(poller.broken).toEqual([]);
    for (const each of all(poller)) {
      expect((await client().get<{ objects: Stix[] }>(`objects/${each.id}/`)).body.objects).toEqual([each]);
    }
  });

  it('says an opinion that is stated again under a new id, of the indicator that stands', async () => {
    const value = hashOf('taxii disputed twice');
    const id = await here.contribute(value);
    const poller = client();
    const opinions = (): Stix[] =>
      [...poller.objects.values()].filter(
        (each) => each.type === 'opinion' && (each.object_refs as string[]).includes(byPattern(poller, value)!.id),
      );
    for (let spell = 1; spell <= 2; spell++) {
      world.clock.advance(minutes(1));
      await here.dispute(id);
      await poller.poll();
      expect(opinions().map(({ revoked }) => revoked)).toEqual([...Array<boolean>(spell - 1).fill(true), false]);
      world.clock.advance(minutes(1));
      expect((await host.post(`/v1/signals/${id}/opinion/retract`)).status).toBeLessThan(300);
      await sequenced(world);
      await poller.poll();
      expect(opinions().map(({ revoked }) => revoked)).toEqual(Array(spell).fill(true));
    }
    expect(new Set(opinions().map((each) => each.id)).size).toBe(2);
    expect(poller.broken).toEqual([]);
  });

  it('pages to the same end by any limit, by next and by the header', async () => {
    for (let n = 0; n < 5; n++) await here.contribute(hashOf(`taxii page ${n}`));
    const whole = client();
    await whole.poll();
    for (const limit of [1, 2, 3, 7]) {
      const paged = client(limit);
      await paged.poll();
      expect([...paged.objects.keys()].toSorted()).toEqual([...whole.objects.keys()].toSorted());
    }
    const byTime = client(8);
    await byTime.poll(true);
    expect([...byTime.objects.keys()].toSorted()).toEqual([...whole.objects.keys()].toSorted());
  });

  it('filters by type, id, version and specification, and lists the same in the manifest', async () => {
    const types = await client().get<{ objects: Stix[] }>('objects/?match[type]=indicator');
    expect(new Set(types.body.objects.map(({ type }) => type))).toEqual(new Set(['indicator']));
    const one = types.body.objects[0]!;
    const manifest = await client().get<{
      objects: { id: string; version: string; date_added: string; media_type: string }[];
    }>('manifest/?match[type]=indicator');
    expect(manifest.body.objects.map(({ id }) => id)).toEqual(types.body.objects.map(({ id }) => id));
    const dates = manifest.body.objects.map((each) => each.date_added);
    expect(dates).toEqual(dates.toSorted());
    expect(manifest.headers['x-taxii-date-added-first']).toBe(dates[0]);
    expect(manifest.headers['x-taxii-date-added-last']).toBe(dates.at(-1));
    const byId = await client().get<{ objects: Stix[] }>(`objects/${one.id}/`);
    expect(byId.body.objects).toEqual([one]);
    expect(byId.headers['x-taxii-date-added-last']).toBe(dates[0]);
    const versions = await client().get<{ versions: string[] }>(`objects/${one.id}/versions/`);
    expect(versions.body).toEqual({ versions: [one.modified] });
    for (const filter of ['match[version]=last', `match[version]=${one.modified}`, 'match[spec_version]=2.1'])
      expect(
        (await client().get<{ objects: Stix[] }>(`objects/?match[id]=${one.id}&${filter}`)).body.objects,
      ).toHaveLength(1);
    for (const filter of ['match[version]=2020-01-01T00:00:00Z', 'match[spec_version]=2.0', 'match[type]=opinion'])
      expect((await client().get(`objects/?match[id]=${one.id}&${filter}`)).body).toEqual({});
    const identity = [...(await client().get<{ objects: Stix[] }>('objects/?match[type]=identity')).body.objects][0]!;
    expect((await client().get<{ objects: Stix[] }>(`objects/${identity.id}/`)).body.objects).toEqual([identity]);
  });

  it('answers what it cannot do in the error messages of the protocol', async () => {
    const wrongAccept = await client().get('objects/', 'application/json');
    expect(wrongAccept.status).toBe(406);
    expect(wrongAccept.body).toMatchObject({
      http_status: '406',
      error_code: 'exchange.not-acceptable',
      title: expect.any(String),
    });
    for (const accept of ['application/taxii+json', '*/*', 'application/json, application/taxii+json; version=2.1'])
      expect((await client().get('objects/', accept)).status).toBe(200);
    expect((await client().get('objects/', 'application/taxii+json;version=2.0')).status).toBe(406);
    const anonymous = await world.send('GET', '/taxii2/', undefined, { accept: 'application/taxii+json;version=2.1' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers['www-authenticate']).toMatch(/^Basic realm=/);
    expect((await client().get('objects/?limit=none')).status).toBe(400);
    expect((await client().get('objects/?added_after=yesterday')).status).toBe(400);
    expect((await client().get('objects/?added_after=2026-02-30T00:00:00Z')).status).toBe(400);
    expect((await client().get('objects/?next=AAAA')).status).toBe(400);
    expect((await client().get('objects/indicator--00000000-0000-4000-8000-000000000000/')).status).toBe(404);
    expect((await client().at('/taxii2/signals/collections/00000000-0000-4000-8000-000000000000/')).status).toBe(404);
    expect((await client().at('/taxii2/signals/status/1/')).status).toBe(404);
    const posted = await world.send(
      'POST',
      `/taxii2/signals/collections/${COMMON_LIST}/objects/`,
      Buffer.from('{"objects":[]}'),
      {
        accept: 'application/taxii+json;version=2.1',
        'content-type': 'application/taxii+json;version=2.1',
        authorization: client().authorization,
      },
    );
    expect(posted).toMatchObject({ status: 403, body: { http_status: '403', error_code: 'exchange.read-only' } });
    const deleted = await world.send('DELETE', `/taxii2/signals/collections/${COMMON_LIST}/objects/x/`, undefined, {
      accept: 'application/taxii+json;version=2.1',
      authorization: client().authorization,
    });
    expect(deleted.status).toBe(403);
  });
});
