import type { DiscoveryView } from '../../src/accounts/providers/discovery/discovery.dto';
import type { ProposalView, ProviderView } from '../../src/accounts/providers/providers.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { FakeWorld } from '../support/provider-world';
import { eventually } from '../support/referral';

const CARD = (mail: string): unknown => [
  'vcard',
  [
    ['version', {}, 'text', '4.0'],
    ['email', {}, 'text', mail],
  ],
];
const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) });

describe('looking for the contacts of a provider', () => {
  let world: World;
  let outside: FakeWorld;
  let analyst: Person;
  let supervisor: Person;

  beforeAll(async () => {
    world = await startWorld();
    outside = await new FakeWorld().stand(world);
    ({ analyst, supervisor } = await world.cast());
    const services = [[['example'], [outside.url('/rdap')]]];
    outside.pages.set('/bootstrap/dns.json', json({ services }));
  });
  afterAll(async () => {
    await world.close();
    await outside.close();
  });

  let serial = 0;
  async function unknown(): Promise<{ platform: CastOrganisation; host: string }> {
    const slug = `unknown-${++serial}`;
    outside.forget();
    return {
      platform: await world.organisation('platform', slug, { hosts: [`${slug}.example`] }),
      host: `${slug}.example`,
    };
  }
  const ask = (who: Person, id: string, reach?: string) =>
    who.post<DiscoveryView>(`/v1/providers/${id}/discovery`, reach ? { reach } : {});
  const ended = (who: Person, id: string): Promise<DiscoveryView> =>
    eventually(
      async () => (await who.get<DiscoveryView>(`/v1/providers/${id}/discovery`)).body,
      ({ endedAt }) => endedAt !== null,
    );
  const proposals = async (who: Person, id: string): Promise<ProposalView[]> =>
    (await who.get<{ items: ProposalView[] }>(`/v1/providers/${id}/proposals`)).body.items;
  const provider = async (id: string): Promise<ProviderView> =>
    (await analyst.get<ProviderView>(`/v1/providers/${id}`)).body;

  function everywhere(host: string): void {
    const answer = { entities: [{ roles: ['abuse'], vcardArray: CARD('abuse@registrar.example') }] };
    outside.pages.set(`/rdap/domain/${host}`, { type: 'application/rdap+json', body: JSON.stringify(answer) });
    outside.host(host, '/.well-known/security.txt', {
      body: `Contact: mailto:security@${host}\nExpires: 2026-12-31T00:00:00Z\nPreferred-Languages: en, es\n`,
    });
    outside.host(host, '/imprint', {
      type: 'text/html',
      body: `<p>legal@${host}</p><script>fetch("/executed")</script>`,
    });
  }

  it('finds them in registry, security.txt and legal pages, with source and date, and uses none before a person confirms', async () => {
    const { platform, host } = await unknown();
    everywhere(host);
    const asked = await ask(analyst, platform.id, 'host');
    expect([asked.status, asked.body.endedAt]).toEqual([202, null]);
    const { outcomes } = await ended(analyst, platform.id);
    expect(outcomes).toEqual({ [host]: { rdap: 'found', security_txt: 'found', legal_page: 'found' } });
    const found = await proposals(analyst, platform.id);
    const bySource = new Map(found.map((each) => [each.source, each]));
    expect(bySource.get('rdap')).toMatchObject({
      changes: { contacts: [{ kind: 'email', value: 'abuse@registrar.example' }] },
      sourceAddress: outside.url(`/rdap/domain/${host}`),
      seenAt: world.clock.now().toISOString(),
      note: expect.stringContaining('registrar'),
    });
    expect(bySource.get('security_txt')).toMatchObject({
      changes: { contacts: [{ value: `security@${host}` }], languages: ['en', 'es'] },
      expiresAt: '2026-12-31T00:00:00.000Z',
      note: expect.stringContaining('not signed'),
    });
    expect(bySource.get('legal_page')?.changes).toEqual({ contacts: [{ kind: 'email', value: `legal@${host}` }] });
    expect(await provider(platform.id)).toMatchObject({ contacts: [], languages: [], confirmedAt: null });
    const accept = [bySource.get('legal_page')!.id];
    const reject = [bySource.get('rdap')!.id];
    const done = await supervisor.post(`/v1/providers/${platform.id}/confirm`, { accept, reject, note: 'wrote to it' });
    expect(done.status).toBe(200);
    expect((await provider(platform.id)).contacts).toMatchObject([
      { value: `legal@${host}`, source: 'legal_page', sourceAddress: outside.url(`/host/${host}/imprint`) },
    ]);
  });

  it('asks registries alone unless told to look at the host, and never for anything but fixed places', async () => {
    const { platform, host } = await unknown();
    everywhere(host);
    await ask(analyst, platform.id);
    expect((await ended(analyst, platform.id)).outcomes).toEqual({ [host]: { rdap: 'found' } });
    expect(outside.asked.filter((path) => path.startsWith('/host/'))).toEqual([]);
    world.clock.advance(11 * 60_000);
    await ask(analyst, platform.id, 'host');
    await eventually(
      () => ended(analyst, platform.id),
      ({ reach }) => reach === 'host',
    );
    expect(
      new Set(
        outside.asked.filter((path) => path.startsWith('/host/')).map((path) => path.replace(`/host/${host}`, '')),
      ),
    ).toEqual(
      new Set([
        '/.well-known/security.txt',
        '/legal',
        '/imprint',
        '/impressum',
        '/mentions-legales',
        '/contact',
        '/abuse',
        '/terms',
      ]),
    );
  });

  it('asks for IANA’s file once a day', async () => {
    const [one, two] = [await unknown(), await unknown()];
    for (const { platform } of [one, two]) {
      await ask(analyst, platform.id);
      await ended(analyst, platform.id);
    }
    expect(outside.asked.filter((path) => path.startsWith('/bootstrap/'))).toEqual([]);
  });

  it('ends with what it could learn where a host lies, stalls on size or points elsewhere', async () => {
    const { platform, host } = await unknown();
    outside.pages.set(`/rdap/domain/${host}`, { body: 'not json' });
    outside.host(host, '/.well-known/security.txt', {
      body: 'Contact: mailto:a@b.example\nExpires: 2020-01-01T00:00:00Z\n',
    });
    outside.host(host, '/legal', { type: 'text/html', body: 'x'.repeat(600_000) });
    outside.host(host, '/imprint', { status: 302, headers: { location: 'http://10.0.0.1/secret' } });
    outside.host(host, '/terms', { type: 'text/html', body: `legal@${host}` });
    await ask(analyst, platform.id, 'host');
    const { outcomes } = await ended(analyst, platform.id);
    expect(outcomes?.[host]).toEqual({ rdap: 'egress.failed', security_txt: 'expired', legal_page: 'found' });
    expect(outside.asked.some((path) => path.includes('secret'))).toBe(false);
  });

  it('proposes nothing twice, and not again what was rejected', async () => {
    const { platform, host } = await unknown();
    everywhere(host);
    await ask(analyst, platform.id);
    await ended(analyst, platform.id);
    const [first] = await proposals(analyst, platform.id);
    await supervisor.post(`/v1/providers/${platform.id}/confirm`, { reject: [first!.id], note: 'only the registrar' });
    expect((await ask(supervisor, platform.id)).status).toBe(429);
    world.clock.advance(11 * 60_000);
    const again = (await ask(analyst, platform.id)).body;
    await eventually(
      () => ended(analyst, platform.id),
      ({ id }) => id === again.id,
    );
    expect((await proposals(analyst, platform.id)).map(({ id, state }) => [id, state])).toEqual([
      [first!.id, 'rejected'],
    ]);
  });

  it('is told to nobody but the body that asked, and not to the platform', async () => {
    const { platform, host } = await unknown();
    everywhere(host);
    const admin = await world.person(platform, ['admin']);
    const other = await world.person(await world.organisation('authority', 'unit-c', { competences: ['refer'] }), [
      'analyst',
    ]);
    await ask(analyst, platform.id);
    await ended(analyst, platform.id);
    expect((await proposals(analyst, platform.id)).length).toBe(1);
    expect([await proposals(admin, platform.id), await proposals(other, platform.id)]).toEqual([[], []]);
    expect((await other.get(`/v1/providers/${platform.id}/discovery`)).status).toBe(404);
    const { rows } = await world.sql.query<{ audience: string[] }>(
      `select audience from ledger_entry where kind in ('provider.discovery-asked', 'provider.contacts-found')`,
    );
    expect(rows.some(({ audience }) => audience.includes(platform.id))).toBe(false);
  });
});
