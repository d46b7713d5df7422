import {
  OrderDeconfliction,
  QUESTIONS_PER_PERSON_AND_DAY,
} from '../../src/cases/deconfliction/order-deconfliction.service';
import { OrderTokens } from '../../src/cases/deconfliction/order-tokens';
import type { OrderAnswerView } from '../../src/cases/deconfliction/deconfliction.dto';
import { permissionsOf } from '../../src/domain/permissions';
import { Work, type Actor } from '../../src/infra/database/work';
import type { CastOrganisation, Person, World } from '../support/app';
import { freshUrl, openCase, startQuietWorld } from '../support/referral';

interface Standing {
  readonly code?: string;
}

describe('two bodies and one subject', () => {
  let world: World;
  let first: Person;
  let second: Person;

  beforeAll(async () => {
    world = await startQuietWorld();
    await world.cast();
    const body = async (slug: string, country: string): Promise<CastOrganisation> => {
      const made = await world.organisation('authority', slug, { competences: ['refer', 'order'], country });
      await world.sql.query(
        `insert into authority_entry (id, organisation_id, name, country, competences, contact_point, telephone, source_url, source_date, confirmed_by, confirmed_at)
         values (gen_random_uuid(), $1, $2, $3, '{order}', $4, '+33 1 00 00 00 00', 'https://register.example/', '2026-02-01', gen_random_uuid(), now())`,
        [made.id, `Authority ${slug}`, country, `orders@${slug}.example`],
      );
      return made;
    };
    first = await world.person(await body('north', 'FR'), ['analyst']);
    second = await world.person(await body('south', 'ES'), ['analyst']);
  });
  afterAll(() => world.close());

  const deconfliction = (): OrderDeconfliction => world.app.get(OrderDeconfliction);
  const actorOf = (person: Person): Actor => ({
    organisationId: person.organisation.id,
    organisationKind: 'authority',
    personId: person.personId,
    via: 'session',
    name: 'A. Person',
    office: null,
    permissions: permissionsOf(['analyst'], 'authority', ['refer', 'order']),
  });
  /** A notice of `person` about what is at `url`; only its being there matters to these rules. */
  async function drafted(person: Person, url: string): Promise<{ noticeId: string; itemId: string }> {
    const { id, items } = await openCase(person, [url]);
    const answer = await person.post<{ id: string }>('/v1/notices', { caseId: id, kind: 'referral', grounds: 'Terms' });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return { noticeId: answer.body.id, itemId: items[0]!.id };
  }
  const order = (person: Person, { noticeId, itemId }: { noticeId: string; itemId: string }): Promise<void> =>
    world.app
      .get(Work)
      .run(actorOf(person), (tx) => deconfliction().recordOrderTokens(tx, actorOf(person), noticeId, [itemId]));
  const release = (person: Person, noticeId: string): Promise<void> =>
    world.app.get(Work).run(actorOf(person), (tx) => deconfliction().releaseOrderTokens(tx, noticeId));
  const ask = (person: Person, itemId: string) =>
    person.post<OrderAnswerView>('/v1/deconfliction/orders', { itemIds: [itemId] });

  it('tells the second that an order stands and whom to call, and nothing else', async () => {
    const url = freshUrl();
    await order(first, await drafted(first, url));
    const { itemId } = await drafted(second, url.replace('https://', 'hxxps[:]//'));
    const { status, body } = await ask(second, itemId);
    expect(status).toBe(200);
    const told = {
      isClear: false,
      standing: [
        {
          itemId,
          on: 'subject',
          holder: {
            authority: 'Authority north',
            contactPoint: 'orders@north.example',
            telephone: '+33 1 00 00 00 00',
          },
          noticeId: null,
        },
      ],
    };
    expect({ isClear: body.isClear, standing: body.standing }).toEqual(told);
  });

  it('names the notice of one’s own order', async () => {
    const mine = await drafted(first, freshUrl());
    await order(first, mine);
    await expect(deconfliction().assertNoOtherOrder(actorOf(first), [mine.itemId])).rejects.toMatchObject({
      code: 'order.duplicate',
      details: { standing: [{ itemId: mine.itemId, holder: null, noticeId: mine.noticeId }] },
    });
  });

  it('does not hold an order against itself when its request comes again', async () => {
    const mine = await drafted(first, freshUrl());
    await order(first, mine);
    await deconfliction().assertNoOtherOrder(actorOf(first), [mine.itemId], mine.noticeId);
  });

  it('lets one of two through that order at the same instant', async () => {
    const url = freshUrl();
    const drafts = [await drafted(first, url), await drafted(second, url)] as const;
    const outcomes = await Promise.allSettled([order(first, drafts[0]), order(second, drafts[1])]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Standing] : []));
    expect(reasons.map(({ code }) => code)).toEqual(['order.duplicate']);
  });

  it('is free again once the order is released by its sender, and not by anybody else while it stands', async () => {
    const url = freshUrl();
    const [held, wanted] = [await drafted(first, url), await drafted(second, url)];
    await order(first, held);
    await release(second, held.noticeId);
    expect((await ask(second, wanted.itemId)).body.isClear).toBe(false);
    await release(first, held.noticeId);
    expect((await ask(second, wanted.itemId)).body.isClear).toBe(true);
    await order(second, wanted);
  });

  it('may be recorded twice for one notice without harm', async () => {
    const mine = await drafted(first, freshUrl());
    await order(first, mine);
    await order(first, mine);
    const { rows } = await world.sql.query('select 1 from order_token where notice_id = $1', [mine.noticeId]);
    // The exact address, and the form in which spellings are compared.
    expect(rows.length).toBe(2);
  });

  it.each([
    ['another scheme', (url: string) => url.replace('https', 'http')],
    ['a final dot', (url: string) => url.replace('.example', '.example.')],
    ['www', (url: string) => url.replace('//', '//www.')],
    ['an encoded letter', (url: string) => url.replace('posts', '%70osts')],
    ['a doubled slash', (url: string) => url.replace('/posts', '//posts')],
    ['a parameter of a campaign', (url: string) => `${url}?utm_source=x`],
    ['a place in the page', (url: string) => `${url}#c2`],
  ])('finds the order that stands when the address is written with %s, whichever came first', async (_how, write) => {
    const [one, two] = [freshUrl(), freshUrl()];
    const pairs: [string, string][] = [
      [one, write(one)],
      [write(two), two],
    ];
    for (const [mine, theirs] of pairs) {
      await order(first, await drafted(first, mine));
      const wanted = await drafted(second, theirs);
      expect((await ask(second, wanted.itemId)).body.isClear).toBe(false);
      await expect(order(second, wanted)).rejects.toMatchObject({ code: 'order.duplicate' });
    }
  });

  it('lets two places of one page be ordered, and the page by the body that has ordered a place', async () => {
    const url = freshUrl();
    await order(first, await drafted(first, `${url}#c2`));
    await order(second, await drafted(second, `${url}#c3`));
    expect((await ask(first, (await drafted(first, url)).itemId)).body.isClear).toBe(false);
    const alone = freshUrl();
    await order(first, await drafted(first, `${alone}#c2`));
    await order(first, await drafted(first, alone));
  });

  it('lets one of two through that order a page and a place in it at the same instant', async () => {
    for (let round = 0; round < 5; round++) {
      const url = freshUrl();
      const drafts = [await drafted(first, url), await drafted(second, `${url}#c2`)] as const;
      const outcomes = await Promise.allSettled([order(first, drafts[0]), order(second, drafts[1])]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('leaves nothing in the database that tells an address, and no token of another body to read', async () => {
    const url = freshUrl();
    await order(first, await drafted(first, url));
    const { rows } = await world.sql.query<{ row: string }>('select order_token::text as row from order_token');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain('harbour');
    const seen = await world.app
      .get(Work)
      .read(actorOf(second), (tx) =>
        tx.query<{ organisation_id: string }[]>('select distinct organisation_id from order_token'),
      );
    expect(seen.map((each) => each.organisation_id)).toEqual([second.organisation.id]);
  });

  it('answers about one’s own items alone', async () => {
    const { itemId } = await drafted(first, freshUrl());
    expect((await ask(second, itemId)).status).toBe(404);
  });

  it('refuses to say that all is clear by another key than the installation’s', async () => {
    const { itemId } = await drafted(second, freshUrl());
    await ask(second, itemId);
    const tokens = new OrderTokens(new Uint8Array(32).fill(1));
    const node = new OrderDeconfliction(world.app.get(Work), world.clock, tokens);
    await expect(node.assertNoOtherOrder(actorOf(second), [itemId])).rejects.toMatchObject({
      code: 'order.key-differs',
    });
  });

  it('counts each question and writes it down, also when the work that asked is undone, and ends for the day', async () => {
    const { itemId } = await drafted(second, freshUrl());
    const counted = async (): Promise<number> => {
      const { rows } = await world.sql.query<{ n: number }>(
        `select coalesce(sum(asked), 0)::int as n from order_question_count where person_id = $1`,
        [second.personId],
      );
      return rows[0]!.n;
    };
    const entries = async (): Promise<number> =>
      (await world.sql.query(`select 1 from ledger_entry where kind = 'order.duplicates-asked'`)).rowCount ?? 0;
    const before = [await counted(), await entries()] as const;
    await ask(second, itemId);
    expect([await counted(), await entries()]).toEqual([before[0] + 1, before[1] + 1]);
    await world.sql.query('update order_question_count set asked = $1 where person_id = $2', [
      QUESTIONS_PER_PERSON_AND_DAY,
      second.personId,
    ]);
    const spent = await ask(second, itemId);
    expect([spent.status, (spent.body as unknown as { type: string }).type]).toEqual([
      429,
      expect.stringMatching(/order\.questions-spent$/),
    ]);
    expect(await counted()).toBe(QUESTIONS_PER_PERSON_AND_DAY);
  });
});
