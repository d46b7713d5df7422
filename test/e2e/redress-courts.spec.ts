import { addDuration } from '../../src/domain/deadlines';
import type { NoticeView } from '../../src/notices/notice.view';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { ExposureView, ReviewView } from '../../src/notices/redress/reviews.dto';
import type { Answer, Person, World } from '../support/app';
import { hostOf, orderCast, type OrderCast } from '../support/orders';
import { DAYS, HOURS, carriedOut, done, itemOf, kinds, said } from '../support/redress';
import { notice, refer, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world.close());

const endDue = (): Promise<number> => world.app.get(PeriodEnds).endDue(world.clock.now());
const lodge = (who: Person, id: string, more: object = {}): Promise<Answer<ReviewView>> =>
  who.post<ReviewView>(`/v1/notices/${id}/reviews`, {
    lodgedBy: 'provider',
    court: 'Tribunal administratif de l’Exemple',
    reference: 'TA 26-117',
    lodgedAt: world.clock.now().toISOString(),
    ...more,
  });
const confirm = (id: string, reviewId: string, more: object = {}): Promise<Answer<ReviewView>> =>
  cast.supervisor.post<ReviewView>(`/v1/notices/${id}/reviews/${reviewId}/confirm`, {
    decidedAt: world.clock.now().toISOString(),
    decision: 'Judgment TA 26-117: the application is dismissed',
    ...more,
  });
const REASONS = 'Judgment TA 26-117: the order does not say why';

async function annul(by: OrderCast, id: string, body: object): Promise<Answer<NoticeView>> {
  const asked = await by.analyst.post(`/v1/notices/${id}/annul`, { reasons: REASONS, reason: 'As decided', ...body });
  if (asked.status !== 202) throw new Error(`not asked: ${JSON.stringify(asked.body)}`);
  return by.supervisor.post<NoticeView>(`/v1/notices/${id}/annul`, { reasons: REASONS, ...body });
}
const exposure = (who: Person, platformId = cast.platform.id): Promise<Answer<ExposureView>> =>
  who.get<ExposureView>(`/v1/providers/${platformId}/exposure`);
/** When the two months of the order's own redress information are over. */
const finalAt = (receivedAt: string | null): Date => addDuration(new Date(receivedAt ?? ''), { months: 2 });

describe('an order becomes final (Art. 3(9))', () => {
  it('when the time for a remedy has passed without one, at that very instant, and the home authority hears of it', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    const at = finalAt(receivedAt);
    world.clock.set(new Date(at.getTime() - 1));
    await endDue();
    expect(await kinds(world, id)).not.toContain('order.final');
    world.clock.advance(3 * DAYS);
    await endDue();
    await endDue();
    const final = (await said(world, id)).filter(({ kind }) => kind === 'order.final');
    expect(final).toMatchObject([{ at }]);
    expect(await notice(cast.analyst, id)).toMatchObject({ order: { finalAt: at.toISOString() } });
    expect(final[0]?.audience).toEqual(expect.arrayContaining([cast.unit.id, cast.platform.id, cast.home.id]));
  });

  it('not while a review is pending, and when the court has confirmed it', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    const review = await done(lodge(cast.moderator, id), 201);
    expect(review).toMatchObject({ outcome: 'pending', lodgedBy: 'provider' });
    const second = await done(lodge(cast.analyst, id, { lodgedBy: 'content_provider' }), 201);
    world.clock.set(new Date(finalAt(receivedAt).getTime() + DAYS));
    await endDue();
    expect(await kinds(world, id)).not.toContain('order.final');
    expect(await done(confirm(id, review.id))).toMatchObject({ outcome: 'confirmed' });
    expect(await kinds(world, id)).not.toContain('order.final');
    expect(await confirm(id, review.id)).toMatchObject({ status: 409, body: { code: 'review.decided' } });
    await done(confirm(id, second.id));
    expect((await kinds(world, id)).filter((kind) => kind === 'order.final')).toHaveLength(1);
    await endDue();
    expect((await kinds(world, id)).filter((kind) => kind === 'order.final')).toHaveLength(1);
  });

  it('never when it was withdrawn or annulled before', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    await done(cast.analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'A mistake' }));
    world.clock.set(new Date(finalAt(receivedAt).getTime() + DAYS));
    await endDue();
    expect(await kinds(world, id)).not.toContain('order.final');
    expect(await kinds(world, id)).not.toContain('scrutiny.period-ended');
  });
});

describe('a review by a court (Art. 9)', () => {
  it('is recorded by the issuer, and by the platform of its own alone, with an instant that can be true', async () => {
    const { id } = await carriedOut(world, cast);
    const theirs = await lodge(cast.moderator, id, { lodgedBy: 'content_provider' });
    expect(theirs.status).toBe(404);
    expect((await lodge(cast.homeOfficer, id)).status).toBe(404);
    const early = new Date(world.clock.now().getTime() - HOURS).toISOString();
    expect(await lodge(cast.analyst, id, { lodgedAt: early })).toMatchObject({ body: { code: 'review.instant' } });
    const { id: reviewId } = await done(lodge(cast.analyst, id), 201);
    expect((await cast.moderator.post(`/v1/notices/${id}/reviews/${reviewId}/confirm`, {})).status).toBe(403);
    const listed = await done(cast.homeOfficer.get<ReviewView[]>(`/v1/notices/${id}/reviews`));
    expect(listed).toMatchObject([{ id: reviewId, outcome: 'pending' }]);
  });

  it('that annuls ends the order: two people of the issuer, who name the review', async () => {
    const { id, items } = await carriedOut(world, cast);
    const { id: reviewId } = await done(lodge(cast.moderator, id), 201);
    const annulled = await done(annul(cast, id, { ground: 'court', reviewId }));
    expect(annulled).toMatchObject({ state: 'annulled', annulmentGround: 'court', clock: { state: 'stopped' } });
    expect((await notice(cast.moderator, id)).items[0]).toMatchObject({
      itemId: items[0]!.itemId,
      reinstatement: { ground: 'court', outcome: null },
    });
    const listed = await done(cast.moderator.get<ReviewView[]>(`/v1/notices/${id}/reviews`));
    expect(listed).toMatchObject([{ outcome: 'annulled', decision: REASONS }]);
    expect(await annul(cast, id, { ground: 'issuer' })).toMatchObject({ body: { code: 'notice.illegal-transition' } });
  });

  it('is not needed where the issuer annuls its own; nobody else does, and a referral has no such thing', async () => {
    const { id } = await carriedOut(world, cast);
    expect((await cast.moderator.post(`/v1/notices/${id}/annul`, {})).status).toBe(403);
    expect(await done(annul(cast, id, { ground: 'issuer' }))).toMatchObject({ annulmentGround: 'issuer' });
    const referral = await refer(cast.analyst, [`https://${hostOf(cast)}/referral`]);
    expect(await annul(cast, referral.id, { ground: 'issuer' })).toMatchObject({
      body: { code: 'notice.not-an-order' },
    });
  });

  it('is followed by the figures and by what the platform says that it did', async () => {
    const view = await carriedOut(world, cast);
    await done(annul(cast, view.id, { ground: 'issuer' }));
    const put = { outcome: 'reinstated', doneAt: world.clock.now().toISOString() };
    const back = await done(
      cast.moderator.post<NoticeView>(`/v1/notices/${view.id}/items/${itemOf(view)}/reinstatement`, put),
    );
    expect(back.items[0]?.reinstatement).toMatchObject({ outcome: 'reinstated' });
    expect(await kinds(world, view.id)).toContain('notice.annulled');
  });
});

describe('the exposure of a provider (Art. 5(4))', () => {
  it('counts final orders that still stand, over twelve months, for an authority of its home State alone', async () => {
    const own = await orderCast(world);
    const first = await carriedOut(world, own);
    const second = await carriedOut(world, own);
    expect(await done(exposure(own.homeOfficer, own.platform.id))).toMatchObject({ finalOrders: 0, isFactor: false });
    const at = finalAt(first.receivedAt);
    world.clock.set(at);
    await endDue();
    expect(await done(exposure(own.homeOfficer, own.platform.id))).toMatchObject({
      finalOrders: 2,
      finalAt: [at.toISOString(), finalAt(second.receivedAt).toISOString()],
      isFactor: true,
    });
    expect((await exposure(own.supervisor, own.platform.id)).status).toBe(403);
    expect((await exposure(own.moderator, own.platform.id)).status).toBe(403);
    const abroad = await world.organisation('authority', 'abroad', { competences: ['scrutinise'], country: 'ES' });
    expect((await exposure(await world.person(abroad, ['supervisor']), own.platform.id)).status).toBe(404);
    await done(annul(own, second.id, { ground: 'court' }));
    expect(await done(exposure(own.homeOfficer, own.platform.id))).toMatchObject({ finalOrders: 1, isFactor: false });
    world.clock.set(addDuration(at, { months: 12 }));
    expect(await done(exposure(own.homeOfficer, own.platform.id))).toMatchObject({ finalOrders: 1 });
    world.clock.advance(1);
    expect(await done(exposure(own.homeOfficer, own.platform.id))).toMatchObject({ finalOrders: 0 });
  });
});
