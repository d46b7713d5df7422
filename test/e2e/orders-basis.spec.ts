import type { World } from '../support/app';
import {
  EMERGENCY,
  EXCLUSIONS,
  assess,
  assessment,
  hostOf,
  order,
  orderCast,
  register,
  type OrderCast,
} from '../support/orders';
import { freshUrl, openCase, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world.close());

const newCase = async (): Promise<string> => (await openCase(cast.analyst, [freshUrl(hostOf(cast))])).id;

describe('an assessment (acceptance 8)', () => {
  it('considers all seven exclusions, each once', async () => {
    const caseId = await newCase();
    const refused = await cast.analyst.post(
      `/v1/cases/${caseId}/assessments`,
      assessment({ exclusions: EXCLUSIONS.slice(1) }),
    );
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'assessment.exclusions-incomplete', grounds: ['educational'] },
    });
  });

  it.each([
    [
      'an exclusion that applies',
      { exclusions: EXCLUSIONS.map((each, i) => (i === 1 ? { ...each, finding: 'applies' } : each)) },
      'exclusion_applies',
    ],
    ['the editorial responsibility of the press', { editorialResponsibility: true }, 'editorial_responsibility'],
    ['a group into which a person lets people', { dissemination: 'human_admission' }, 'not_disseminated_to_the_public'],
    ['a category of nobody’s law', { categories: ['other'] }, 'category_outside_article_2_7'],
  ])('carries no order with %s', async (_, more, bar) => {
    const caseId = await newCase();
    const { id, barsToOrder } = await assess(cast.analyst, caseId, more);
    expect(barsToOrder).toEqual([bar]);
    const refused = await cast.analyst.post('/v1/orders', order(caseId, id));
    expect(refused).toMatchObject({ status: 409, body: { code: 'order.not-orderable', bars: [bar] } });
  });

  it('with something unclear takes a second reviewer and a legal sign-off, three people in all', async () => {
    const caseId = await newCase();
    const exclusions = EXCLUSIONS.map((each, i) => (i === 1 ? { ...each, finding: 'unclear' } : each));
    const { id } = await assess(cast.analyst, caseId, { exclusions });
    const signOff = (who: typeof cast.analyst, part: string): ReturnType<typeof who.post> =>
      who.post(`/v1/assessments/${id}/sign-off`, { part, reasons: 'Read and agreed' });
    expect(await signOff(cast.analyst, 'legal')).toMatchObject({
      status: 409,
      body: { code: 'assessment.same-person' },
    });
    expect(await signOff(cast.supervisor, 'second_review')).toMatchObject({
      status: 200,
      body: { barsToOrder: ['legal_sign_off_missing'] },
    });
    expect(await signOff(cast.supervisor, 'legal')).toMatchObject({
      status: 409,
      body: { code: 'assessment.same-person' },
    });
    const jurist = await world.person(cast.unit, ['supervisor']);
    expect(await signOff(jurist, 'legal')).toMatchObject({ status: 200, body: { barsToOrder: [] } });
    expect(await signOff(jurist, 'legal')).toMatchObject({ status: 409, body: { code: 'assessment.signed-off' } });
    expect((await cast.analyst.post('/v1/orders', order(caseId, id, EMERGENCY))).status).toBe(201);
  });

  it('is its own authority’s alone', async () => {
    const caseId = await newCase();
    const { id } = await assess(cast.analyst, caseId);
    expect((await cast.homeOfficer.get(`/v1/cases/${caseId}/assessments`)).status).toBe(404);
    const foreign = await cast.homeOfficer.post(`/v1/assessments/${id}/sign-off`, {
      part: 'legal',
      reasons: 'Not mine',
    });
    expect(foreign.status).toBe(404);
  });
});

describe('who may order whom', () => {
  it('is decided by the register: whoever is not in it, and whoever is in no Member State, can only refer (acceptance 14)', async () => {
    const abroad = await world.organisation('authority', 'abroad', {
      name: 'Abroad',
      country: 'CH',
      competences: ['refer', 'order'],
    });
    const analyst = await world.person(abroad, ['analyst']);
    const { id: caseId } = await openCase(analyst, [freshUrl(hostOf(cast))]);
    const { id } = await assess(analyst, caseId);
    const unknown = await analyst.post('/v1/orders', order(caseId, id, EMERGENCY));
    expect(unknown).toMatchObject({ status: 403, body: { code: 'authority.may-not-order', reason: 'not_registered' } });
    await register(world, abroad.id, 'CH', ['order']);
    const third = await analyst.post('/v1/orders', order(caseId, id, EMERGENCY));
    expect(third).toMatchObject({
      status: 403,
      body: { code: 'authority.may-not-order', reason: 'not_a_member_state' },
    });
    const referral = await analyst.post('/v1/notices', { caseId, kind: 'referral' });
    expect(referral.status).toBe(201);
  });

  it('leaves out services outside the scope, languages that are not accepted and homes that nobody knows', async () => {
    const caseId = await newCase();
    const { id } = await assess(cast.analyst, caseId);
    const entry = (set: string): Promise<unknown> =>
      world.sql.query(`update provider_entry set ${set} where platform_id = $1`, [cast.platform.id]);
    const draft = (more: object = EMERGENCY): ReturnType<typeof cast.analyst.post> =>
      cast.analyst.post('/v1/orders', order(caseId, id, more));
    expect(await draft({ ...EMERGENCY, language: 'de' })).toMatchObject({
      status: 409,
      body: { code: 'order.language-not-accepted', languages: ['en'] },
    });
    await entry(`service_kind = 'messaging', scope_reasons = 'Letters between two people'`);
    expect(await draft()).toMatchObject({ status: 409, body: { code: 'order.out-of-scope' } });
    await entry(`service_kind = 'hosting', scope_reasons = null, home_country = 'PT'`);
    expect(await draft()).toMatchObject({ status: 409, body: { code: 'order.home-authority-unknown' } });
    const noted = await draft({ ...EMERGENCY, homeCopyNote: 'By a sealed channel to Lisbon' });
    expect(noted).toMatchObject({ status: 201, body: { order: { isCrossBorder: true }, homeAuthorityId: null } });
    await entry(`home_country = 'IE'`);
  });
});
