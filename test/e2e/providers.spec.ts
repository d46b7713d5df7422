import type { ProposalView, ProviderView } from '../../src/accounts/providers/providers.dto';
import { providerOf } from '../../src/accounts/providers/providers.queries';
import { acceptsLanguage } from '../../src/domain/providers';
import { Work } from '../../src/infra/database/work';
import type { CastOrganisation, Person, World } from '../support/app';
import { startQuietWorld } from '../support/referral';

interface Problem {
  readonly type: string;
}

describe('the register of providers', () => {
  let world: World;
  let platform: CastOrganisation;
  let admin: Person;
  let analyst: Person;
  let supervisor: Person;
  let operator: Person;

  beforeAll(async () => {
    world = await startQuietWorld();
    ({ platform, moderator: admin, analyst, supervisor } = await world.cast());
    operator = await world.person(await world.organisation('operator', 'registry'), ['operator']);
  });
  afterAll(() => world.close());

  const read = async (who: Person, id: string): Promise<ProviderView> =>
    (await who.get<ProviderView>(`/v1/providers/${id}`)).body;
  const propose = async (who: Person, id: string, changes: object): Promise<ProposalView> => {
    const answer = await who.post<ProposalView>(`/v1/providers/${id}/proposals`, { changes, note: 'from its imprint' });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body;
  };
  const confirm = (who: Person, id: string, body: object = {}) =>
    who.post<ProviderView & Problem>(`/v1/providers/${id}/confirm`, { note: 'called them', ...body });
  /** A platform that has no people here. */
  const unclaimed = (slug: string): Promise<CastOrganisation> =>
    world.organisation('platform', slug, { hosts: [`${slug}.example`] });

  it('says of a platform of which nobody has said anything what is missing', async () => {
    const { id } = await unclaimed('meadow');
    expect(await read(analyst, id)).toMatchObject({
      hosts: ['meadow.example'],
      serviceKind: 'hosting',
      isInTcoScope: true,
      referralTargetMinutes: 60,
      isClaimed: false,
      confirmedAt: null,
      gaps: ['home_country', 'languages', 'contact_point', 'terms_clause'],
      version: 0,
    });
  });

  it('is written by the platform about itself, confirmed by a second party, and read by everybody who takes part', async () => {
    const answer = await admin.post<ProviderView>(`/v1/providers/${platform.id}`, {
      homeCountry: 'IE',
      legalRepresentative: 'Harbour Europe Ltd, 1 Quay, Dublin',
      languages: ['en', 'fr'],
      referralTargetMinutes: 45,
      termsClause: { url: 'https://harbour.example/terms', version: '7', date: '2026-01-31', explainsTools: true },
      contacts: [{ kind: 'email', value: 'orders@harbour.example' }],
      version: 0,
    });
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    const { ownStatement } = answer.body;
    // The directory has its country already.
    expect(ownStatement?.changes).toEqual({ languages: ['en', 'fr'] });
    expect((await confirm(supervisor, platform.id, { accept: [ownStatement?.proposalId] })).status).toBe(200);
    const seen = await read(analyst, platform.id);
    expect(seen).toMatchObject({
      homeCountry: 'IE',
      languages: ['en', 'fr'],
      referralTargetMinutes: 45,
      ownStatement: null,
      isClaimed: true,
      gaps: [],
      confirmedAt: world.clock.now().toISOString(),
      termsClause: { url: 'https://harbour.example/terms', version: '7', date: '2026-01-31', explainsTools: true },
      contacts: [{ kind: 'email', value: 'orders@harbour.example', source: 'platform', sourceAddress: null }],
    });
    const stored = await world.app.get(Work).asWorker((tx) => providerOf(tx, platform.id));
    expect([acceptsLanguage(stored, 'fr-BE'), acceptsLanguage(stored, 'de')]).toEqual([true, false]);
    const found = await analyst.get<{ items: ProviderView[] }>('/v1/providers?host=harbour.example');
    expect(found.body.items.map(({ platformId }) => platformId)).toEqual([platform.id]);
  });

  it('keeps what a change leaves out, takes out a contact, and refuses a change of another version', async () => {
    const before = await read(admin, platform.id);
    const removeContacts = before.contacts.map(({ id }) => id);
    const changed = await admin.post<ProviderView>(`/v1/providers/${platform.id}`, { removeContacts });
    expect(changed.body).toMatchObject({ homeCountry: 'IE', contacts: [], gaps: ['contact_point'] });
    expect((await admin.post(`/v1/providers/${platform.id}`, { removeContacts })).status).toBe(400);
    const stale = await admin.post<Problem>(`/v1/providers/${platform.id}`, {
      homeCountry: 'FR',
      version: before.version,
    });
    expect(stale.status).toBe(409);
  });

  it('refuses what is no contact, and a service out of scope without reasons', async () => {
    const bad = await admin.post<Problem>(`/v1/providers/${platform.id}`, {
      contacts: [{ kind: 'telephone', value: 'ring us' }],
    });
    expect([bad.status, bad.body.type]).toEqual([400, expect.stringMatching(/provider\.contact-invalid$/)]);
    const { id } = await unclaimed('resolver');
    const unreasoned = await operator.post<Problem>(`/v1/providers/${id}`, { serviceKind: 'dns' });
    expect(unreasoned.body.type).toMatch(/provider\.scope-unreasoned$/);
    const scopeReasons = 'resolves names for its customers and stores nothing of theirs (rec. 13)';
    const out = await operator.post<ProviderView>(`/v1/providers/${id}`, { serviceKind: 'dns', scopeReasons });
    expect(out.body).toMatchObject({ serviceKind: 'dns', isInTcoScope: false, gaps: [] });
  });

  it('is not written by an authority: what it proposes is used when another person has confirmed it', async () => {
    const { id } = await unclaimed('orchard');
    expect((await supervisor.post(`/v1/providers/${id}`, { homeCountry: 'FR' })).status).toBe(403);
    const proposal = await propose(analyst, id, {
      homeCountry: 'ES',
      contacts: [{ kind: 'email', value: 'legal@orchard.example' }],
    });
    expect(await read(analyst, id)).toMatchObject({ homeCountry: null, contacts: [], confirmedAt: null });
    expect((await confirm(analyst, id, { accept: [proposal.id] })).status).toBe(403);
    const done = await confirm(supervisor, id, { accept: [proposal.id], version: 0 });
    expect([done.status, done.body]).toEqual([200, expect.anything()]);
    expect(done.body).toMatchObject({
      homeCountry: 'ES',
      contacts: [{ value: 'legal@orchard.example', source: 'authority' }],
      confirmedAt: world.clock.now().toISOString(),
    });
    expect((await confirm(supervisor, id, { accept: [proposal.id] })).body.type).toMatch(/proposal-decided$/);
  });

  it('lets nobody confirm what they proposed themselves', async () => {
    const { id } = await unclaimed('thicket');
    const proposal = await propose(supervisor, id, { languages: ['en'] });
    expect((await confirm(supervisor, id, { accept: [proposal.id] })).body.type).toMatch(/own-proposal$/);
    expect((await confirm(operator, id, { accept: [proposal.id] })).status).toBe(200);
  });

  it('leaves the entry of a platform that speaks for itself to the platform and the operator', async () => {
    const proposal = await propose(analyst, platform.id, { languages: ['en', 'fr', 'de'] });
    const refused = await confirm(supervisor, platform.id, { accept: [proposal.id] });
    expect([refused.status, refused.body.type]).toEqual([409, expect.stringMatching(/provider\.claimed$/)]);
    const seen = await admin.get<{ items: ProposalView[] }>(`/v1/providers/${platform.id}/proposals`);
    const open = seen.body.items.filter(({ state }) => state === 'open');
    expect(open.map(({ id, source }) => [id, source])).toEqual([[proposal.id, 'authority']]);
    expect((await confirm(admin, platform.id, { reject: [proposal.id] })).status).toBe(200);
    expect((await read(analyst, platform.id)).languages).toEqual(['en', 'fr']);
  });

  it('shows a proposal to nobody but its body, the platform and the operator, and a provisional platform to its finders', async () => {
    const { id } = await unclaimed('spinney');
    await propose(analyst, id, { homeCountry: 'FR' });
    const other = await world.person(await world.organisation('authority', 'unit-b', { competences: ['refer'] }), [
      'supervisor',
    ]);
    expect((await other.get<{ items: unknown[] }>(`/v1/providers/${id}/proposals`)).body.items).toEqual([]);
    await analyst.post('/v1/cases', {
      category: 'threat',
      ideology: 'unknown',
      items: [{ url: 'https://unheardof.example/post/1' }],
    });
    const found = await analyst.get<{ items: ProviderView[] }>('/v1/providers?host=unheardof.example');
    expect(found.body.items.length).toBe(1);
    expect((await other.get(`/v1/providers/${found.body.items[0]!.platformId}`)).status).toBe(404);
    expect((await other.get<{ items: unknown[] }>('/v1/providers?host=unheardof.example')).body.items).toEqual([]);
  });

  it('does not let another platform write, not even past the service', async () => {
    const rival = await world.person(await world.organisation('platform', 'rival'), ['admin', 'supervisor']);
    expect((await rival.post(`/v1/providers/${platform.id}`, { homeCountry: 'FR' })).status).toBe(403);
    expect((await confirm(rival, platform.id)).status).toBe(403);
    const actor = {
      organisationId: rival.organisation.id,
      organisationKind: 'platform',
      personId: rival.personId,
    } as never;
    await expect(
      world.app
        .get(Work)
        .run(actor, (tx) =>
          tx.query('insert into provider_entry (platform_id, changed_at) values ($1, now())', [platform.id]),
        ),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
