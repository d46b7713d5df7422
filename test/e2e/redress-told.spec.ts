import * as fc from 'fast-check';
import type { NoticeView } from '../../src/notices/notice.view';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { ReviewView } from '../../src/notices/redress/reviews.dto';
import type { ScrutinyView } from '../../src/notices/scrutiny/scrutiny.dto';
import type { Person, World } from '../support/app';
import { EMERGENCY, orderCast, type OrderCast } from '../support/orders';
import {
  DAYS,
  EUROPOL,
  HOURS,
  REASONS,
  ask,
  begin,
  carriedOut,
  intend,
  referenceTo,
  said,
  told,
} from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;
let home: readonly [Person, Person];

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  home = [cast.homeOfficer, await world.person(cast.home, ['supervisor'])];
});
afterAll(() => world.close());

const now = (ms = 0): string => new Date(world.clock.now().getTime() + ms).toISOString();
const scrutinies = async (id: string): Promise<ScrutinyView[]> =>
  (await cast.homeOfficer.get<ScrutinyView[]>(`/v1/notices/${id}/scrutinies`)).body;
const reviews = async (id: string): Promise<ReviewView[]> =>
  (await cast.analyst.get<ReviewView[]>(`/v1/notices/${id}/reviews`)).body;

/** Two people, the second of whom may be refused by the rule. */
async function both([first, second]: readonly [Person, Person], path: string, body: object): Promise<void> {
  await first.post(path, { ...body, reason: 'As discussed' });
  await second.post(path, body);
}

const decide = async (id: string, outcome: string): Promise<void> => {
  for (const { id: scrutiny } of await scrutinies(id)) {
    await both(home, `/v1/scrutinies/${scrutiny}/decide`, { outcome, reasons: REASONS, europolCopy: EUROPOL });
  }
};

/** What can be done to or come of an order; most of it is refused most of the time. */
const VERBS: Readonly<Record<string, (id: string, path: string) => Promise<unknown>>> = {
  begin: (id) => begin(cast.homeOfficer, id),
  ask: (id) => ask(cast.moderator, id),
  read: (_, path) => told(world, path),
  request: (_, path) => world.send('POST', `${path}/scrutiny`, { reasons: REASONS }),
  intend: async (id) => {
    for (const { id: scrutiny } of await scrutinies(id)) await intend(world, cast.homeOfficer, scrutiny, HOURS);
  },
  answer: async (id) => {
    for (const { id: scrutiny } of await scrutinies(id))
      await cast.analyst.post(`/v1/scrutinies/${scrutiny}/answer`, { answer: 'It is a call' });
  },
  clear: (id) => decide(id, 'no_infringement'),
  infringe: (id) => decide(id, 'infringement'),
  lodge: (id) =>
    cast.moderator.post(`/v1/notices/${id}/reviews`, {
      lodgedBy: 'provider',
      court: 'Tribunal',
      reference: 'TA 1',
      lodgedAt: now(),
    }),
  confirm: async (id) => {
    for (const review of await reviews(id))
      await cast.supervisor.post(`/v1/notices/${id}/reviews/${review.id}/confirm`, {
        decidedAt: now(),
        decision: 'Dismissed',
      });
  },
  annul: (id) =>
    both([cast.analyst, cast.supervisor], `/v1/notices/${id}/annul`, { ground: 'issuer', reasons: REASONS }),
  withdraw: (id) => cast.analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'A mistake' }),
  extend: (id) =>
    cast.supervisor.post(`/v1/notices/${id}/extend-non-disclosure`, { until: now(30 * DAYS), reasons: 'It goes on' }),
  hours: () => pass(13 * HOURS),
  days: () => pass(4 * DAYS),
  months: () => pass(40 * DAYS),
};

async function pass(ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.app.get(PeriodEnds).endDue(world.clock.now());
}

/** Every state that these machines have, in one text. */
async function standing(id: string): Promise<string> {
  const { rows } = await world.sql.query(
    `select (select row(n.state, n.annulled_at) from notice n where n.id = $1) as notice,
       (select row(o.final_at, o.non_disclosure_until) from removal_order o where o.notice_id = $1) as of_order,
       (select array_agg(row(s.id, s.state, s.outcome) order by s.id) from scrutiny s where s.notice_id = $1) as scrutinies,
       (select array_agg(row(r.id, r.outcome) order by r.id) from review_proceeding r where r.notice_id = $1) as reviews,
       (select array_agg(row(p.id, p.ended_at) order by p.id) from order_period p where p.notice_id = $1 and p.ended_at is not null) as ends,
       (select array_agg(row(i.id, i.outcome) order by i.id) from reinstatement i where i.notice_id = $1) as back`,
    [id],
  );
  return JSON.stringify(rows);
}

describe('whatever happens to an order', () => {
  it('is an entry that the issuer, the platform and the home authority read, and the content provider on its page', async () => {
    const walk = fc.array(fc.constantFrom(...Object.keys(VERBS)), { minLength: 4, maxLength: 12 });
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(walk, fc.boolean(), async (verbs, isHushed) => {
        const hush = { nonDisclosure: { until: now(20 * DAYS), reasons: 'A search is under way' } };
        const { id } = await carriedOut(world, cast, isHushed ? { ...EMERGENCY, ...hush } : undefined);
        const path = await referenceTo(cast, await notice(cast.moderator, id));
        const all = [cast.unit.id, cast.platform.id, cast.home.id];
        for (const verb of verbs) {
          const [before, known] = [await standing(id), (await said(world, id)).length];
          await VERBS[verb]?.(id, path);
          await world.sql.query('delete from approval');
          const entries = (await said(world, id)).slice(known);
          const hasChanged = (await standing(id)) !== before;
          if (hasChanged) changes += 1;
          expect([verb, hasChanged, entries.length > 0]).toEqual([verb, hasChanged, hasChanged || entries.length > 0]);
          for (const { kind, audience } of entries)
            expect([kind, audience]).toEqual([kind, expect.arrayContaining(all)]);
        }
        await expectOnPage(id, path);
      }),
      { numRuns: 12, seed: 2021_784, endOnFailure: true },
    );
    // It would prove nothing where everything is refused.
    expect(changes).toBeGreaterThan(20);
  }, 240_000);
});

/** Whoever asked reads the outcome where it asked, unless it must not be informed at all. */
async function expectOnPage(id: string, path: string): Promise<void> {
  const asked = (await scrutinies(id)).find(({ origin }) => origin === 'content_provider');
  const { measure } = await told(world, path);
  if (!asked || !measure) return;
  expect(measure.scrutiny).toMatchObject({ outcome: asked.outcome, reasons: asked.decisionReasons });
  const view: NoticeView = await notice(cast.analyst, id);
  expect(measure.annulledAt).toBe(view.annulledAt);
}
