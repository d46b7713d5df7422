import { randomBytes } from 'node:crypto';
import type { NoticeView } from '../../src/notices/notice.view';
import type { ComplaintView } from '../../src/notices/redress/complaints.dto';
import type { ContentNoticeView } from '../../src/notices/redress/content.dto';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { Answer, Person, World } from '../support/app';
import { orderCast, type OrderCast } from '../support/orders';
import { DAYS, carriedOut, done, followed, itemOf, kinds, referenceTo, said, told } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;
let colleague: Person;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  colleague = await world.person(cast.platform, ['moderator']);
});
afterAll(() => world.close());

const TEXT = 'This is a report on an attack and calls for nothing.';
const REASONS = 'The post reports; it does not call for anything.';
/** Complainants sit at different addresses: so many complaints an hour are taken from one. */
async function complain(path: string, text = TEXT, from?: string): Promise<Answer<ContentNoticeView>> {
  complainants += 1;
  const remoteAddress = from ?? `192.0.2.${complainants}`;
  const answer = await world.app.inject({ method: 'POST', url: `${path}/complaint`, payload: { text }, remoteAddress });
  return { status: answer.statusCode, body: answer.json<ContentNoticeView>(), headers: answer.headers };
}
let complainants = 0;
const decide = (who: Person, id: string, more: object = {}): Promise<Answer<ComplaintView>> =>
  who.post<ComplaintView>(`/v1/complaints/${id}/decide`, { outcome: 'rejected', reasons: REASONS, ...more });
const UPHELD = { outcome: 'upheld', reason: 'journalistic' };

interface Lodged {
  readonly view: NoticeView;
  readonly path: string;
  readonly complaint: ComplaintView;
}

async function lodged(by: OrderCast = cast): Promise<Lodged> {
  const view = await followed(world, by);
  const path = await referenceTo(by, view);
  await done(complain(path), 201);
  const { items } = await done(by.moderator.get<{ items: ComplaintView[] }>('/v1/complaints?state=open'));
  const complaint = items.find(({ noticeId }) => noticeId === view.id);
  if (!complaint) throw new Error('the complaint is not there');
  return { view, path, complaint };
}

describe('a complaint (Art. 10)', () => {
  it('is made once under a reference, read by the platform alone, and due in two weeks', async () => {
    const { view, path, complaint } = await lodged();
    const dueAt = new Date(world.clock.now().getTime() + 14 * DAYS).toISOString();
    expect(complaint).toMatchObject({ text: TEXT, dueAt, outcome: null, isOverdue: false });
    expect(await complain(path)).toMatchObject({ status: 409, body: { code: 'complaint.open' } });
    expect(await told(world, path)).toMatchObject({
      measure: { mayComplain: false, complaint: { dueAt, outcome: null } },
    });
    expect((await cast.analyst.get('/v1/complaints')).status).toBe(403);
    const other = await orderCast(world);
    expect((await other.moderator.get(`/v1/complaints/${complaint.id}`)).status).toBe(404);
    expect((await decide(other.moderator, complaint.id)).status).toBe(404);
    // Both sides hear that there is one; its words are the platform's.
    const entry = (await said(world, view.id)).find(({ kind }) => kind === 'complaint.lodged');
    expect(entry?.audience).toEqual(expect.arrayContaining([cast.unit.id, cast.platform.id]));
    const bodies = await world.sql.query(`select body from ledger_body where body like '%calls for nothing%'`);
    expect(bodies.rows).toEqual([]);
  });

  it.each([
    ['nothing at all', ''],
    ['too little', 'No!'],
    ['a text without end', 'x'.repeat(5_001)],
  ])('of %s is refused', async (_, text) => {
    const path = await referenceTo(cast, await followed(world, cast));
    expect((await complain(path, text)).status).toBe(400);
  });

  it('is taken ten times an hour from one address', async () => {
    const path = await referenceTo(cast, await followed(world, cast));
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await complain(path, TEXT, '192.0.2.250')).status);
    expect(statuses).toEqual([201, ...Array<number>(9).fill(409), 429]);
  });

  it('is not decided by the person who gave the answer while there is another', async () => {
    const { complaint } = await lodged();
    expect(await decide(cast.moderator, complaint.id)).toMatchObject({
      status: 409,
      body: { code: 'complaint.same-person' },
    });
    const insisting = await decide(cast.moderator, complaint.id, { alone: 'I am quite sure of it' });
    expect(insisting).toMatchObject({ status: 409, body: { code: 'complaint.same-person' } });
    const decided = await done(decide(colleague, complaint.id));
    expect(decided).toMatchObject({ outcome: 'rejected', alone: null, decidedBy: colleague.personId });
    expect(await decide(colleague, complaint.id)).toMatchObject({ status: 409, body: { code: 'complaint.decided' } });
  });

  it('of a platform with one person is decided by that one, who says so', async () => {
    const small = await orderCast(world);
    const { complaint } = await lodged(small);
    expect(await decide(small.moderator, complaint.id)).toMatchObject({
      status: 400,
      body: { code: 'complaint.alone', isNeeded: true },
    });
    const alone = 'I run this service by myself.';
    expect(await done(decide(small.moderator, complaint.id, { alone }))).toMatchObject({ outcome: 'rejected', alone });
  });

  it('rejected is told with its reasons at the same reference, and changes nothing else', async () => {
    const { view, path, complaint } = await lodged();
    await done(decide(colleague, complaint.id));
    expect(await told(world, path)).toMatchObject({
      measure: { measure: 'removed', complaint: { outcome: 'rejected', reasons: REASONS }, reinstatement: null },
    });
    expect((await notice(cast.analyst, view.id)).items[0]).toMatchObject({ answer: { outcome: 'removed' } });
  });

  it('upheld puts the item back, answers anew, and takes what was said of it out of the hash database', async () => {
    const { view, path, complaint } = await lodged();
    const [own, others] = [await contributed(cast.moderator, view.id), await contributed(cast.analyst, view.id)];
    expect(await decide(colleague, complaint.id, { outcome: 'upheld' })).toMatchObject({
      status: 400,
      body: { code: 'complaint.reason', isNeeded: true },
    });
    await done(decide(colleague, complaint.id, UPHELD));
    const seen = await notice(cast.analyst, view.id);
    expect(seen.items[0]).toMatchObject({
      answer: { outcome: 'declined', reason: 'journalistic', revision: 2 },
      reinstatement: { ground: 'complaint', outcome: null },
    });
    const put = { outcome: 'reinstated', doneAt: world.clock.now().toISOString() };
    await done(cast.moderator.post(`/v1/notices/${view.id}/items/${itemOf(view)}/reinstatement`, put));
    expect(await told(world, path)).toMatchObject({
      measure: { complaint: { outcome: 'upheld', reasons: REASONS }, reinstatement: { outcome: 'reinstated' } },
    });
    const { rows } = await world.sql.query(
      `select s.id, s.state, d.organisation_id as by from signal s left join signal_dispute d on d.signal_id = s.id where s.id = any($1) order by s.state`,
      [[own, others]],
    );
    expect(rows).toEqual([
      { id: others, state: 'disputed', by: cast.platform.id },
      { id: own, state: 'withdrawn', by: null },
    ]);
    expect(await kinds(world, view.id)).toEqual(
      expect.arrayContaining([
        'complaint.lodged',
        'complaint.decided',
        'reinstatement.asked',
        'reinstatement.answered',
      ]),
    );
  });

  it('upheld about what was closed is an answer, too', async () => {
    const { view, complaint } = await lodged();
    await done(cast.analyst.post(`/v1/notices/${view.id}/close`));
    await done(decide(colleague, complaint.id, UPHELD));
    expect(await notice(cast.analyst, view.id)).toMatchObject({
      state: 'closed',
      items: [{ answer: { outcome: 'declined' }, reinstatement: { ground: 'complaint' } }],
    });
  });

  it('that is not decided in two weeks is a fact, once, and is decided all the same', async () => {
    const { view, complaint } = await lodged();
    const endDue = (): Promise<number> => world.app.get(PeriodEnds).endDue(world.clock.now());
    world.clock.advance(14 * DAYS - 1);
    await endDue();
    expect(await kinds(world, view.id)).not.toContain('complaint.overdue');
    world.clock.advance(DAYS);
    await endDue();
    await endDue();
    const overdue = (await said(world, view.id)).filter(({ kind }) => kind === 'complaint.overdue');
    expect(overdue).toMatchObject([{ at: new Date(complaint.dueAt) }]);
    expect(await done(decide(colleague, complaint.id))).toMatchObject({ outcome: 'rejected', isOverdue: true });
  });

  it('is not made against an order, which binds the platform; once that fell it is', async () => {
    const view = await carriedOut(world, cast);
    const path = await referenceTo(cast, view);
    expect(await complain(path)).toMatchObject({ status: 409, body: { code: 'complaint.order-stands' } });
    await done(cast.analyst.post(`/v1/notices/${view.id}/withdraw`, { reason: 'A mistake' }));
    const kept = { outcome: 'kept_under_terms', reason: 'Our terms' };
    await done(cast.moderator.post(`/v1/notices/${view.id}/items/${itemOf(view)}/reinstatement`, kept));
    await done(complain(path), 201);
    const { items } = await done(cast.moderator.get<{ items: ComplaintView[] }>('/v1/complaints?state=open'));
    const { id } = items.find(({ noticeId }) => noticeId === view.id)!;
    await done(decide(colleague, id, { outcome: 'upheld' }));
    expect((await notice(cast.moderator, view.id)).items[0]).toMatchObject({
      answer: { outcome: 'removed', revision: 1 },
      reinstatement: { ground: 'complaint', outcome: null },
    });
  });
});

/** A hash that somebody contributed because of a notice about one item. */
async function contributed(who: Person, noticeId: string): Promise<string> {
  const body = { type: 'sha256', value: randomBytes(32).toString('hex'), labels: {} };
  const { id } = await done(who.post<{ id: string }>('/v1/signals', body), 201);
  await world.sql.query(`update signal_contribution set notice_id = $2 where signal_id = $1`, [id, noticeId]);
  return id;
}
