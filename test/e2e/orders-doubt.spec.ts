import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssessmentView } from '../../src/cases/assessment/assessment.dto';
import type { Answer, Person, World } from '../support/app';
import { assess, EMERGENCY, EXCLUSIONS, hostOf, order, orderCast, sign, type OrderCast } from '../support/orders';
import { done } from '../support/redress';
import { freshUrl, openCase, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;
let jurist: Person;
beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  jurist = await world.person(cast.unit, ['supervisor']);
});
afterAll(() => world.close());

const UNCLEAR = {
  exclusions: EXCLUSIONS.map((each) => (each.ground === 'artistic' ? { ...each, finding: 'unclear' } : each)),
};
const MISSING = ['second_review_missing', 'legal_sign_off_missing'];
const newCase = async (): Promise<string> => (await openCase(cast.analyst, [freshUrl(hostOf(cast))])).id;
const signOff = (who: Person, id: string, part: string): Promise<Answer<AssessmentView>> =>
  who.post<AssessmentView>(`/v1/assessments/${id}/sign-off`, { part, reasons: 'Read and agreed' });
const draft = (caseId: string, assessmentId: string): Promise<Answer<{ id: string }>> =>
  cast.analyst.post<{ id: string }>('/v1/orders', order(caseId, assessmentId, EMERGENCY));

describe('what an assessment found unclear', () => {
  it('is not made clear by the same person’s next assessment, nor by a colleague’s', async () => {
    const caseId = await newCase();
    await assess(cast.analyst, caseId, UNCLEAR);
    for (const who of [cast.analyst, cast.supervisor]) {
      world.clock.advance(60_000);
      const { id, barsToOrder } = await assess(who, caseId);
      expect(barsToOrder).toEqual(MISSING);
      const body = { code: 'order.not-orderable', assessmentId: id, bars: MISSING };
      expect(await draft(caseId, id)).toMatchObject({ status: 409, body });
    }
  });

  it('takes the second review and the legal sign-off of two others, of the one or of the other assessment', async () => {
    const caseId = await newCase();
    const { id: doubt } = await assess(cast.analyst, caseId, UNCLEAR);
    world.clock.advance(60_000);
    const reviewer = await world.person(cast.unit, ['supervisor']);
    const { id } = await assess(cast.supervisor, caseId);
    // Who was in doubt does not review; who wrote the newer one does not end the doubt about the older one.
    const same = { status: 409, body: { code: 'assessment.same-person' } };
    expect(await signOff(cast.analyst, id, 'second_review')).toMatchObject(same);
    await done(signOff(cast.supervisor, doubt, 'second_review'));
    await done(signOff(jurist, doubt, 'legal'));
    const [newest] = await done(cast.analyst.get<AssessmentView[]>(`/v1/cases/${caseId}/assessments`));
    expect(newest).toMatchObject({ id, barsToOrder: ['second_review_missing'] });
    expect((await done(signOff(reviewer, id, 'second_review'))).barsToOrder).toEqual([]);
    const { body } = await draft(caseId, id);
    await sign(cast, body.id);
    expect((await cast.analyst.post(`/v1/notices/${body.id}/send`)).status).toBe(200);
  });

  it('stops an order that was drafted before, when it is signed', async () => {
    const caseId = await newCase();
    const { id } = await assess(cast.analyst, caseId);
    const { body } = await draft(caseId, id);
    world.clock.advance(60_000);
    const { id: doubt } = await assess(cast.supervisor, caseId, UNCLEAR);
    expect(await cast.analyst.post(`/v1/notices/${body.id}/sign`, { reason: 'Ready to go' })).toMatchObject({
      status: 409,
      body: { code: 'order.not-orderable', assessmentId: doubt, bars: MISSING },
    });
  });
});
