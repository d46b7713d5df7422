import type { NoticeView } from '../../src/notices/notice.view';
import type { ReviewView } from '../../src/notices/redress/reviews.dto';
import { startWorld, type Answer, type World } from '../support/app';
import { assess, EMERGENCY, order, orderCast, sign, type OrderCast } from '../support/orders';
import { carriedOut, DAYS, done, followed, itemOf, referenceTo, takeDown, told } from '../support/redress';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startWorld();
  // Of one Member State: nothing has to stay possible to reinstate but what these stories are about.
  cast = await orderCast(world, { homeCountry: 'FR' });
});
afterAll(() => world?.close());

const at = (path: string, body: object = {}): Promise<Answer<NoticeView & { code?: string }>> =>
  cast.moderator.post<NoticeView & { code?: string }>(path, body);
const item = (notice: NoticeView): string => `/v1/notices/${notice.id}/items/${itemOf(notice)}`;
const destroy = (notice: NoticeView): Promise<Answer<NoticeView & { code?: string }>> =>
  at(`${item(notice)}/delete-for-good`);
const refusal = async (notice: NoticeView): Promise<unknown[]> => {
  const { status, body } = await destroy(notice);
  return [status, body.code];
};
const pass = (ms: number): void => world.clock.set(new Date(world.clock.now().getTime() + ms));
const now = (): string => world.clock.now().toISOString();

describe('what a platform took down is not destroyed', () => {
  it('while it is asked to put it back: it says first what it did', async () => {
    const notice = await followed(world, cast);
    await done(cast.analyst.post(`/v1/notices/${notice.id}/withdraw`, { reason: 'A mistake of ours' }));
    expect(await refusal(notice)).toEqual([409, 'deletion.reinstatement-asked']);
    await done(at(`${item(notice)}/reinstatement`, { outcome: 'kept_under_terms', reason: 'Spam' }));
    await done(destroy(notice));
  });

  it('after it was put back: there is nothing to destroy', async () => {
    const notice = await followed(world, cast);
    await done(cast.analyst.post(`/v1/notices/${notice.id}/withdraw`, { reason: 'A mistake of ours' }));
    await done(at(`${item(notice)}/reinstatement`, { outcome: 'reinstated', doneAt: now() }));
    expect(await refusal(notice)).toEqual([409, 'deletion.not-removed']);
  });

  it('while a complaint about it is open (Art. 6(1)(a), 10(2))', async () => {
    const notice = await followed(world, cast);
    const path = await referenceTo(cast, notice);
    await told(world, path);
    await done(
      world.send('POST', `${path}/complaint`, { text: 'This is an article of our newspaper, and lawful' }),
      201,
    );
    expect(await refusal(notice)).toEqual([409, 'deletion.complaint-open']);
    const second = await world.person(cast.platform, ['moderator']);
    const { items } = await done(second.get<{ items: { id: string }[] }>('/v1/complaints'));
    const decision = { outcome: 'rejected', reasons: 'It calls for attacks, whoever prints it' };
    await done(second.post(`/v1/complaints/${items[0]!.id}/decide`, decision));
    await done(destroy(notice));
  });

  it('while a court has the order, also when the six months are over (Art. 6(2))', async () => {
    const notice = await carriedOut(world, cast, EMERGENCY);
    const suit = { lodgedBy: 'provider', court: 'Tribunal de l’Exemple', reference: 'TA 26-117', lodgedAt: now() };
    const { id } = await done(at(`/v1/notices/${notice.id}/reviews`, suit) as Promise<Answer<unknown>>, 201) as ReviewView; // prettier-ignore
    pass(200 * DAYS);
    expect(await refusal(notice)).toEqual([409, 'deletion.review-pending']);
    const decision = { decidedAt: now(), decision: 'Judgment TA 26-117: dismissed' };
    await done(cast.supervisor.post(`/v1/notices/${notice.id}/reviews/${id}/confirm`, decision));
    await done(destroy(notice));
  });

  it('by way of the referral while the order about the same has it preserved', async () => {
    const referral = await followed(world, cast);
    const { caseId } = (await cast.analyst.get<NoticeView>(`/v1/notices/${referral.id}`)).body;
    const { id: assessmentId } = await assess(cast.analyst, caseId!);
    const drafted = await done(cast.analyst.post<NoticeView>('/v1/orders', order(caseId!, assessmentId, EMERGENCY)), 201); // prettier-ignore
    await sign(cast, drafted.id);
    const sent = await done(cast.analyst.post<NoticeView>(`/v1/notices/${drafted.id}/send`));
    await done(at(`/v1/notices/${sent.id}/acknowledge`));
    await takeDown(world, cast.moderator, sent);
    expect(await refusal(referral)).toEqual([409, 'deletion.held']);
    pass(200 * DAYS);
    await done(destroy(referral));
  });
});
