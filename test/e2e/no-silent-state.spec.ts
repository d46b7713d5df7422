import * as fc from 'fast-check';
import type { NoticeView } from '../../src/notices/notice.view';
import type { World } from '../support/app';
import { draftOrder, EMERGENCY, orderCast, sign, type OrderCast } from '../support/orders';
import { BEGINNINGS, MOVES, owedEntries, take, type Step, type Walk } from '../support/notice-walk';
import { eventually, draft, freshUrl, notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly audience: readonly string[];
}

const entriesOf = async (id: string): Promise<Entry[]> => {
  const { rows } = await world.sql.query<Entry>(
    'select id, kind, audience from ledger_entry where notice_id = $1 order by id',
    [id],
  );
  return rows;
};

async function begin(isOrder: boolean): Promise<string> {
  if (!isOrder)
    return (
      await draft(
        cast.analyst,
        [1, 2].map(() => freshUrl(`${cast.platform.slug}.example`)),
      )
    ).id;
  const { id } = await draftOrder(cast, EMERGENCY);
  await sign(cast, id);
  return id;
}

/** Who has to know of what happened in this step: before it was sent the sender alone, then everybody who has the notice. */
function audienceOwed({ homeAuthorityId }: NoticeView, after: NoticeView): string[] {
  if (after.sentAt === null) return [cast.unit.id];
  return [cast.unit.id, cast.platform.id, ...(homeAuthorityId ? [homeAuthorityId] : [])].toSorted();
}

interface Happened {
  readonly step: Step;
  readonly before: NoticeView;
  readonly after: NoticeView;
  readonly fresh: readonly Entry[];
}

function assertTold({ step, before, after, fresh }: Happened): void {
  const kinds = fresh.map(({ kind }) => kind);
  for (const any of owedEntries(before, after)) {
    expect({ step, kinds, isTold: any.some((kind) => kinds.includes(kind)), any }).toMatchObject({ isTold: true });
  }
  for (const { kind, audience } of fresh) {
    // Two things can happen in one step: what was before the sending stays with the sender.
    const isBefore = before.sentAt === null && ['notice.leaving', 'notice.recalled', 'order.signed'].includes(kind);
    const owed = isBefore ? [cast.unit.id] : audienceOwed(before, after);
    expect({ step, kind, audience: audience.toSorted() }).toEqual({ step, kind, audience: owed.toSorted() });
  }
}

interface Receipted {
  readonly receipt?: {
    readonly entry: { readonly id: string };
    readonly acknowledgement?: { readonly entryId: string; readonly sha256: string; readonly signature: string };
  };
}

async function walk(steps: readonly Step[], isOrder: boolean): Promise<Walk> {
  const course: Walk = { world, cast, id: await begin(isOrder) };
  const { id } = course;
  let before = await notice(cast.analyst, id);
  let known = await entriesOf(id);
  for (const step of steps) {
    const outcome = await take(course, step, before);
    const after = await notice(cast.analyst, id);
    const all = await entriesOf(id);
    const fresh = all.filter((entry) => !known.some((one) => one.id === entry.id));
    if (outcome && outcome.status >= 300) {
      expect({ step, status: outcome.status, fresh }).toEqual({ step, status: outcome.status, fresh: [] });
      expect({ ...after, possible: [] }).toEqual({ ...before, possible: [] });
    } else {
      assertTold({ step, before, after, fresh });
    }
    if (outcome?.status === 200) {
      const { receipt } = outcome.body as Receipted;
      expect({ step, isFresh: fresh.some((entry) => entry.id === receipt?.entry.id) }).toEqual({ step, isFresh: true });
      expect(receipt?.acknowledgement).toMatchObject({ entryId: receipt?.entry.id, sha256: expect.any(String), signature: expect.any(String) }); // prettier-ignore
    }
    before = after;
    known = all;
  }
  return course;
}

interface FeedPage {
  readonly entries: readonly { readonly id: string; readonly subjects: { readonly notice?: string } }[];
  readonly through: number;
}

/** What a side's own feed says of one notice, once everything is sequenced. */
async function feedOf(who: OrderCast['analyst'], id: string): Promise<string[]> {
  const told: string[] = [];
  for (let after = -1; ;) {
    const { body } = await who.get<FeedPage>(`/v1/feed?after=${after}&limit=500`);
    told.push(...body.entries.filter(({ subjects }) => subjects.notice === id).map((entry) => entry.id));
    if (body.entries.length === 0) return told.toSorted();
    after = body.through;
  }
}

const step = fc.noBias(fc.record({ move: fc.constantFrom(...MOVES), n: fc.nat({ max: 11 }) }));

/** What the beginnings alone lead through, so that no walk comes to nothing unseen. */
const PASSED =
  'notice.received notice.receipt-voided notice.answered notice.withdrawn notice.clarified clock.paused clock.restarted clock.mark clock.stopped preservation.changed reinstatement.asked reinstatement.answered';

async function assertFeeds(id: string, entries: readonly Entry[]): Promise<void> {
  await eventually(
    async () => (await world.sql.query('select 1 from ledger_pending limit 1')).rows.length,
    (left) => left === 0,
  );
  for (const who of [cast.analyst, cast.moderator, cast.homeOfficer]) {
    const own = entries.filter(({ audience }) => audience.includes(who.organisation.id));
    expect(await feedOf(who, id)).toEqual(own.map((entry) => entry.id).toSorted());
  }
}

describe('no state is silent (acceptance 15)', () => {
  it.each([
    ['a referral', false, 1501],
    ['an order', true, 1502],
  ])(
    'whatever happens to %s, and in whatever order: all who have it are told of each change, nobody before it is sent, and each message is receipted',
    async (_, isOrder, seed) => {
      const seen = new Set<string>();
      const wander = async (first: readonly Step[], steps: readonly Step[]): Promise<void> => {
        const { id } = await walk([...first, ...steps], isOrder);
        const entries = await entriesOf(id);
        for (const { kind } of entries) seen.add(kind);
        await assertFeeds(id, entries);
      };
      const rest = fc.array(step, { minLength: 8, maxLength: 16 });
      for (const first of BEGINNINGS) {
        const property = fc.asyncProperty(rest, (steps) => wander(first, steps));
        await fc.assert(property, { seed, numRuns: 2, endOnFailure: true });
      }
      expect([...seen]).toEqual(expect.arrayContaining(PASSED.split(' ')));
    },
    240_000,
  );
});
