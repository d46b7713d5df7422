import { addDuration } from '../../src/domain/deadlines';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { ExposureView, ReviewView } from '../../src/notices/redress/reviews.dto';
import type { Answer, World } from '../support/app';
import { orderCast, type OrderCast } from '../support/orders';
import { DAYS, carriedOut, done, kinds, said } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

const endDue = (): Promise<number> => world.app.get(PeriodEnds).endDue(world.clock.now());
const now = (): string => world.clock.now().toISOString();
const DECISION = 'Order TA 26-117: the applicant has taken the application back';

const lodge = (id: string): Promise<ReviewView> =>
  done(
    cast.analyst.post<ReviewView>(`/v1/notices/${id}/reviews`, {
      lodgedBy: 'content_provider',
      court: 'Tribunal administratif de l’Exemple',
      reference: 'TA 26-117',
      lodgedAt: now(),
    }),
    201,
  );
const end = (how: string, { noticeId, id }: ReviewView, by = cast.supervisor): Promise<Answer<ReviewView>> =>
  by.post<ReviewView>(`/v1/notices/${noticeId}/reviews/${id}/${how}`, { decidedAt: now(), decision: DECISION });
const timeIsOver = (receivedAt: string | null): Date => addDuration(new Date(receivedAt ?? ''), { months: 2 });
const finals = async (id: string) => (await said(world, id)).filter(({ kind }) => kind === 'order.final');

describe('a suit of a content provider that comes to nothing', () => {
  it('confirms nothing: the provider has the time for its own that it had, and the order is final at the end of that', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    const ended = await done(end('discontinue', await lodge(id)));
    expect(ended).toMatchObject({ outcome: 'discontinued', decision: DECISION });
    expect(await kinds(world, id)).not.toContain('order.final');
    expect((await notice(cast.analyst, id)).order).toMatchObject({ finalAt: null });
    const exposure = await done(cast.homeOfficer.get<ExposureView>(`/v1/providers/${cast.platform.id}/exposure`));
    expect(exposure.finalOrders).toBe(0);
    const at = timeIsOver(receivedAt);
    world.clock.set(at);
    await endDue();
    expect(await finals(id)).toMatchObject([{ at }]);
    expect((await notice(cast.analyst, id)).order).toMatchObject({ finalAt: at.toISOString() });
  });

  it('after that time makes it final then, and not before: it had kept it from being so', async () => {
    const { id, receivedAt } = await carriedOut(world, cast);
    const [first, second] = [await lodge(id), await lodge(id)];
    world.clock.set(new Date(timeIsOver(receivedAt).getTime() + DAYS));
    await endDue();
    await done(end('discontinue', first));
    expect(await finals(id)).toEqual([]);
    world.clock.advance(DAYS);
    await done(end('discontinue', second));
    expect(await finals(id)).toMatchObject([{ at: world.clock.now(), dims: { by: 'expired' } }]);
    await endDue();
    expect(await finals(id)).toHaveLength(1);
  });

  it('leaves what another court has confirmed: that is final with it', async () => {
    const { id } = await carriedOut(world, cast);
    const [confirmed, dropped] = [await lodge(id), await lodge(id)];
    await done(end('confirm', confirmed));
    expect(await finals(id)).toEqual([]);
    await done(end('discontinue', dropped));
    expect(await finals(id)).toMatchObject([{ dims: { by: 'confirmed' } }]);
  });

  it('is recorded once, by those who sign for the issuer', async () => {
    const { id } = await carriedOut(world, cast);
    const review = await lodge(id);
    expect((await end('discontinue', review, cast.moderator)).status).toBe(403);
    expect((await end('discontinue', review, cast.homeOfficer)).status).toBe(403);
    await done(end('discontinue', review));
    expect(await end('confirm', review)).toMatchObject({ status: 409, body: { code: 'review.decided' } });
  });
});
