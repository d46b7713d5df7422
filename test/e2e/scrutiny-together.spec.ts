import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScrutinyOutcome } from '../../src/domain/scrutiny';
import type { ScrutinyView } from '../../src/notices/scrutiny/scrutiny.dto';
import type { Answer, Person, World } from '../support/app';
import { together } from '../support/locks';
import { EMERGENCY, orderCast, type OrderCast } from '../support/orders';
import { ask, begin, carriedOut, decide, done, EUROPOL, HOURS, intend, REASONS } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;
let second: Person;
beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
  second = await world.person(cast.home, ['supervisor']);
});
afterAll(() => world.close());

interface Scrutinised {
  readonly id: string;
  /** Of the authority's own accord, and on request of the provider. */
  readonly own: string;
  readonly asked: string;
}

/** An order with two scrutinies, whose issuer was told of the intention in both and has had its time. */
async function scrutinised(): Promise<Scrutinised> {
  const { id } = await carriedOut(world, cast, EMERGENCY);
  const { id: own } = await done(begin(cast.homeOfficer, id), 201);
  const { id: asked } = await done(ask(cast.moderator, id), 201);
  for (const scrutiny of [own, asked]) await done(intend(world, cast.homeOfficer, scrutiny, HOURS));
  world.clock.advance(2 * HOURS);
  return { id, own, asked };
}

const bodyOf = (outcome: ScrutinyOutcome): object => ({ outcome, reasons: REASONS, europolCopy: EUROPOL });
const put = (scrutiny: string, outcome: ScrutinyOutcome): Promise<object> =>
  done(cast.homeOfficer.post(`/v1/scrutinies/${scrutiny}/decide`, { ...bodyOf(outcome), reason: 'As discussed' }), 202);
const agree = (scrutiny: string, outcome: ScrutinyOutcome): Promise<Answer<ScrutinyView>> =>
  second.post<ScrutinyView>(`/v1/scrutinies/${scrutiny}/decide`, bodyOf(outcome));
const outcomeOf = async (scrutiny: string): Promise<ScrutinyOutcome | null> =>
  (await done(cast.moderator.get<ScrutinyView>(`/v1/scrutinies/${scrutiny}`))).outcome;

const atOnce = (id: string, ...calls: (() => Promise<Answer<object>>)[]): Promise<Answer<object>[]> =>
  together(world, `select 1 from notice where id = $1 for update`, [id], calls);

describe('two at once about the scrutinies of one order', () => {
  it('take turns, whoever comes first: nobody waits for somebody who waits for them', async () => {
    for (let round = 0; round < 3; round++) {
      const { id, own, asked } = await scrutinised();
      for (const scrutiny of [own, asked]) await put(scrutiny, 'infringement');
      const answers = await atOnce(
        id,
        () => agree(own, 'infringement'),
        () => agree(asked, 'infringement'),
        () => cast.supervisor.post(`/v1/scrutinies/${own}/answer`, { answer: 'We stand by what we ordered.' }),
      );
      const [first, other, answered] = answers.map(({ status }) => status);
      expect(new Set([first, other])).toEqual(new Set([200, 409]));
      expect([200, 409]).toContain(answered);
      expect([await outcomeOf(own), await outcomeOf(asked)]).toEqual(['infringement', 'infringement']);
      expect((await notice(cast.analyst, id)).state).toBe('annulled');
    }
  });

  it('do not decide the opposite: one has decided, and the other is told so', async () => {
    for (let round = 0; round < 4; round++) {
      const { id, own, asked } = await scrutinised();
      await put(own, 'infringement');
      await put(asked, 'no_infringement');
      const calls = [
        (): Promise<Answer<object>> => agree(own, 'infringement'),
        (): Promise<Answer<object>> => agree(asked, 'no_infringement'),
      ];
      const answers = await atOnce(id, ...(round % 2 ? calls.toReversed() : calls));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
      const told = answers.find(({ status }) => status === 409)?.body;
      const state = (await notice(cast.analyst, id)).state;
      const [won, of] = state === 'annulled' ? (['infringement', own] as const) : (['no_infringement', asked] as const);
      expect(told).toMatchObject({ code: 'scrutiny.decided-otherwise', outcome: won });
      expect(await outcomeOf(of)).toBe(won);
      expect(await outcomeOf(of === own ? asked : own)).toBe(won === 'infringement' ? won : null);
    }
  });
});

describe('one after the other', () => {
  it('an order that was found to infringe the law is not cleared any more', async () => {
    const { own, asked } = await scrutinised();
    await done(decide([cast.homeOfficer, second], own, 'infringement'));
    expect(await decide([cast.homeOfficer, second], asked, 'no_infringement')).toMatchObject({
      status: 409,
      body: { code: 'scrutiny.decided-otherwise', outcome: 'infringement' },
    });
  });

  it('another request may lead to another result, for whoever knows of the first', async () => {
    const { id, own, asked } = await scrutinised();
    await put(own, 'infringement');
    world.clock.advance(1);
    await done(decide([cast.homeOfficer, second], asked, 'no_infringement'));
    const refused = await agree(own, 'infringement');
    expect(refused).toMatchObject({ status: 409, body: { code: 'scrutiny.decided-otherwise', scrutinyId: asked } });
    const { body: open } = await second.get<{ items: { id: string }[] }>('/v1/approvals');
    await done(second.post(`/v1/approvals/${open.items[0]!.id}/refuse`, { reason: 'Read the other decision first' }));
    world.clock.advance(1);
    await done(decide([cast.homeOfficer, second], own, 'infringement'));
    expect((await notice(cast.analyst, id)).state).toBe('annulled');
    expect(await outcomeOf(asked)).toBe('no_infringement');
  });
});
