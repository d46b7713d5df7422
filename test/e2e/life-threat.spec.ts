import { Escalating } from '../../src/deliveries/duty/escalating.service';
import type { LifeThreatView } from '../../src/notices/life-threat/life-threat.dto';
import { minutes, startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { enrol, PagedPeople } from '../support/duty';
import { register } from '../support/orders';
import { PlatformSystem } from '../support/platform-system';
import { eventually } from '../support/referral';

let world: World;
let system: PlatformSystem;
let paged: PagedPeople;
let moderator: Person;
let platform: CastOrganisation;
let police: Body;
let home: Body;

interface Body {
  readonly organisation: CastOrganisation;
  readonly admin: Person;
  readonly officer: Person;
  readonly second: Person;
}

/** A body with two people on its roster, each with a pager of their own. */
async function body(kind: 'authority' | 'investigative_body', slug: string, country: string): Promise<Body> {
  const organisation = await world.organisation(kind, slug, { country, competences: [] });
  const admin = await world.person(organisation, ['admin']);
  const role = kind === 'authority' ? 'analyst' : 'investigator';
  const [officer, second] = [
    await world.person(organisation, [role]),
    await world.person(organisation, ['supervisor']),
  ];
  await paged.give(admin, officer.personId, `/${slug}-1`);
  await paged.give(admin, second.personId, `/${slug}-2`);
  await enrol(admin, officer.personId, { failover: 1 });
  await enrol(admin, second.personId, { failover: 2 });
  return { organisation, admin, officer, second };
}

beforeAll(async () => {
  system = await new PlatformSystem().listen();
  world = await startWorld();
  paged = new PagedPeople(world, system);
  ({ moderator, platform } = await world.cast());
  police = await body('investigative_body', 'police-fr', 'FR');
  home = await body('authority', 'home-ie', 'IE');
  await register(world, home.organisation.id, 'IE', ['order', 'scrutinise']);
});
afterAll(async () => {
  await world?.close();
  await system?.close();
});

const THREAT = {
  contentRef: 'https://harbour.example/live/17',
  whyImminent: 'A live stream shows somebody who says that they set out now, and where to.',
};
const FRANCE = { msConcerned: ['FR'], basis: 'target_location' };
const report = async (more: object = {}): Promise<LifeThreatView> => {
  const { status, body: view } = await moderator.post<LifeThreatView>('/v1/life-threats', { ...THREAT, ...more });
  expect({ status, view }).toMatchObject({ status: 201 });
  return view;
};
const escalate = (): Promise<unknown> => world.app.get(Escalating).escalateDue(world.clock.now());
/** Whoever has the row meanwhile, a job or the ticker, takes the step: it is waited for. */
const escalatedTo = (pages: number): Promise<unknown> =>
  eventually(
    async () => {
      await escalate();
      return (await labels(police)).length;
    },
    (count) => count >= pages,
  );
const labels = async ({ organisation }: Body): Promise<string[]> =>
  (await paged.pages(organisation)).map(([label]) => label);
const entries = async (id: string): Promise<{ kind: string; dims: Record<string, unknown> }[]> => {
  const { rows } = await world.sql.query<{ bytes: Buffer }>(
    `select bytes from ledger_entry where kind like 'life-threat.%' order by id`,
  );
  return rows
    .map(
      ({ bytes }) => JSON.parse(bytes.toString()) as { kind: string; dims: Record<string, unknown>; subjects: object },
    )
    .filter(({ subjects }) => JSON.stringify(subjects).includes(id));
};

describe('an imminent threat to life', () => {
  it('calls those who investigate in the State concerned at once, without a notice and without its content', async () => {
    const view = await report(FRANCE);
    expect(view).toMatchObject({
      sentTo: [{ organisationId: police.organisation.id, reason: 'concerned', acknowledgedAt: null }],
      europolCopy: { channel: 'outstanding' },
      unreached: [],
      isCalling: true,
    });
    await eventually(
      async () => system.callsOf('/police-fr-1'),
      (calls) => calls.length > 0,
    );
    expect(system.callsOf('/police-fr-1')[0]).toMatchObject({ body: 'threat to life reported, answer now' });
    expect(system.callsOf('/police-fr-1')[0]?.headers.priority).toBe('5');
    expect(await labels(home)).toEqual([]);
    const seen = await police.officer.get<LifeThreatView>(`/v1/life-threats/${view.id}`);
    expect(seen.body).toMatchObject({ ...THREAT, ...FRANCE, platformName: 'Harbour' });
    expect((await home.officer.get(`/v1/life-threats/${view.id}`)).status).toBe(404);
    expect((await police.officer.post(`/v1/life-threats/${view.id}/acknowledge`)).status).toBe(200);
  });

  it('goes on at 2, 5 and 10 minutes until a person has it in hand, and the platform sees who', async () => {
    const before = (await labels(police)).length;
    const { id } = await report(FRANCE);
    await escalatedTo(before + 1);
    world.clock.advance(minutes(2));
    await escalatedTo(before + 2);
    world.clock.advance(minutes(3));
    await escalatedTo(before + 3);
    expect((await labels(police)).slice(before)).toEqual(['/police-fr-1', '/police-fr-2', '/police-fr-2']);
    world.clock.advance(minutes(1));
    const taken = await police.second.post<LifeThreatView>(`/v1/life-threats/${id}/acknowledge`);
    expect(taken.body.sentTo[0]?.acknowledgedAt).toBe(world.clock.now().toISOString());
    world.clock.advance(minutes(10));
    await escalate();
    expect(await labels(police)).toHaveLength(before + 3);
    const shown = await moderator.get<LifeThreatView>(`/v1/life-threats/${id}`);
    expect(shown.body.sentTo).toMatchObject([
      { name: 'police-fr', acknowledgedAt: taken.body.sentTo[0]?.acknowledgedAt },
    ]);
    expect(await police.officer.post(`/v1/life-threats/${id}/acknowledge`)).toMatchObject({
      status: 409,
      body: { code: 'life-threat.taken' },
    });
    expect((await entries(id)).map(({ kind, dims }) => [kind, dims.msToAuthority ?? null])).toEqual([
      ['life-threat.reported', null],
      ['life-threat.acknowledged', minutes(6)],
    ]);
  });

  it('goes to the contact point of the home State where the State concerned is unknown or has nobody here', async () => {
    const unknown = await report();
    expect(unknown).toMatchObject({
      msConcerned: [],
      basis: null,
      sentTo: [{ organisationId: home.organisation.id, reason: 'home' }],
    });
    const poland = await report({ msConcerned: ['PL', 'FR'], basis: 'victim_nationality' });
    expect(poland.unreached).toEqual(['PL']);
    expect(poland.sentTo.map(({ name }) => name).sort()).toEqual(['home-ie', 'police-fr']);
    await eventually(
      async () => system.callsOf('/home-ie-1'),
      (calls) => calls.length >= 2,
    );
    for (const { id } of [unknown, poland]) await home.officer.post(`/v1/life-threats/${id}/acknowledge`);
  });

  it('names where to telephone when a State has nobody here', async () => {
    const absent = await world.organisation('authority', 'absent-pl', { country: 'PL' });
    await register(world, absent.id, 'PL', ['order']);
    await world.sql.query('update authority_entry set organisation_id = null where organisation_id = $1', [absent.id]);
    const { reach } = await report({ msConcerned: ['PL'], basis: 'offender_nationality' });
    expect(reach).toMatchObject([{ country: 'PL', contactPoint: 'duty@authority.example' }]);
  });

  it('has its copy for Europol recorded: stated by a person, or here where Europol is', async () => {
    const { id } = await report(FRANCE);
    const noted = await police.officer.post<LifeThreatView>(`/v1/life-threats/${id}/europol-copy`, {
      note: 'By SIENA',
    });
    expect(noted.body.europolCopy).toEqual({ channel: 'other', note: 'By SIENA', at: world.clock.now().toISOString() });
    expect(await moderator.post(`/v1/life-threats/${id}/europol-copy`, { note: 'Again' })).toMatchObject({
      status: 409,
    });
    expect((await report({ ...FRANCE, europolNote: 'Telephoned' })).europolCopy.channel).toBe('other');
    const europol = await world.organisation('investigative_body', 'europol');
    const analyst = await world.person(europol, ['investigator']);
    const here = await report(FRANCE);
    expect(here.europolCopy.channel).toBe('in_platform');
    expect((await analyst.get<LifeThreatView>(`/v1/life-threats/${here.id}`)).body).toMatchObject({ id: here.id });
  });

  it('is refused with its reason where States and basis do not belong together, and to who is no platform', async () => {
    for (const wrong of [
      { msConcerned: ['FR'] },
      { basis: 'target_location' },
      { msConcerned: ['US'], basis: 'target_location' },
    ])
      expect(await moderator.post('/v1/life-threats', { ...THREAT, ...wrong })).toMatchObject({
        status: 400,
        body: { code: 'life-threat.basis' },
      });
    expect((await police.officer.post('/v1/life-threats', { ...THREAT, ...FRANCE })).status).toBe(403);
    expect((await moderator.post('/v1/life-threats', { contentRef: 'x' })).status).toBe(400);
  });

  it('is taken in a flood too: everything is recorded and shown, and beyond ten an hour nobody is called anew', async () => {
    world.clock.advance(minutes(61));
    const views = [];
    for (let i = 0; i < 12; i += 1) views.push(await report(FRANCE));
    expect(views.map(({ isCalling }) => isCalling)).toEqual([...Array(10).fill(true), false, false]);
    const { body: list } = await police.officer.get<{ items: LifeThreatView[] }>('/v1/life-threats');
    expect(
      list.items
        .slice(0, 12)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(views.map(({ id }) => id).sort());
    expect((await entries(views.at(-1)!.id))[0]?.dims).toMatchObject({ calling: false });
  });

  it('is acknowledged by a person and by no key, and its record can be changed by nobody', async () => {
    const { id } = await report(FRANCE);
    expect((await police.admin.post(`/v1/life-threats/${id}/acknowledge`)).status).toBe(403);
    expect((await moderator.post(`/v1/life-threats/${id}/acknowledge`)).status).toBe(403);
    expect((await home.officer.post(`/v1/life-threats/${id}/acknowledge`)).status).toBe(404);
    expect(platform.id).toBe((await moderator.get<LifeThreatView>(`/v1/life-threats/${id}`)).body.platformId);
  });
});
