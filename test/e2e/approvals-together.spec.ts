import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Person, World } from '../support/app';
import { together } from '../support/locks';
import { draftOrder, EMERGENCY, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { startQuietWorld, notice } from '../support/referral';

let world: World;
let cast: OrderCast;
let second: Person;
beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  second = await world.person(cast.unit, ['supervisor']);
});
afterAll(() => world.close());

/** None of them has seen a question of the others before it writes its own. */
const unseen = (calls: readonly (() => Promise<Answer<object>>)[]): Promise<Answer<object>[]> =>
  together(world, 'lock table approval in share mode', [], calls);

async function questions(subjectId: string, verb: string): Promise<object[]> {
  const { rows } = await world.sql.query<object>(
    `select decision from approval where subject_id = $1 and split_part(verb, '?', 1) = $2`,
    [subjectId, verb],
  );
  return rows;
}

describe('two who ask a second person for the same at the same instant', () => {
  it('are the two people whom it takes: one asked, the other agreed', async () => {
    const { id } = await sendOrder(cast);
    const body = {
      ground: 'issuer',
      reasons: 'The address is that of another page than was assessed.',
      reason: 'Agreed',
    };
    const answers = await unseen(
      [cast.supervisor, second].map((who) => () => who.post(`/v1/notices/${id}/annul`, body)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 200]));
    expect((await notice(cast.analyst, id)).state).toBe('annulled');
    expect(await questions(id, 'notice.annul')).toEqual([{ decision: 'approved' }]);
  });

  it('are one question when they are one person, who is told so', async () => {
    const { id } = await draftOrder(cast, EMERGENCY);
    const answers = await unseen(
      [1, 2].map(() => () => cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Ready to go' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]));
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'approval.same-person' });
    expect(await questions(id, 'order.sign')).toEqual([{ decision: null }]);
  });
});

describe('two organisations that ask their own people about one thing that they share', () => {
  it('have a question each, and neither hears of the other’s', async () => {
    const subject = '0190a000-0000-7000-8000-00000000abcd';
    const ask = (organisation: string): Promise<unknown> =>
      world.sql.query(
        `insert into approval (id, organisation_id, verb, subject_id, reason, asked_by, asked_at)
         values (gen_random_uuid(), $1, 'signal.erase', $2, 'unlawful to keep', gen_random_uuid(), now())`,
        [organisation, subject],
      );
    await ask(cast.unit.id);
    await ask(cast.home.id);
    await expect(ask(cast.home.id)).rejects.toThrow(/approval_open_once/);
  });
});
