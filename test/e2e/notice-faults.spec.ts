import { hashToken, makeToken } from '../../src/accounts/token';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, type Person, type World } from '../support/app';
import {
  assess,
  draftOrder,
  EMERGENCY,
  hostOf,
  order,
  orderCast,
  sendOrder,
  sign,
  type OrderCast,
} from '../support/orders';
import { kinds } from '../support/redress';
import { freshUrl, notice, openCase, removed, startQuietWorld } from '../support/referral';

/*
 * What goes wrong with notices, and what comes of it. The rest of the list stands where its subject is told:
 * unknown host: also cases.spec, notices.spec; duplicate order: also orders.spec, deconfliction.spec; authority outside the Union:
 * orders-basis.spec, registry.spec; order without signature: also orders.spec; withdrawn notice: also notices.spec; two at once: also
 * notices.spec; SMTP that refuses: mail.spec, mail-servers.spec; redirect to a private address, and a worker killed between the
 * delivery and its record: webhooks.spec.
 */
let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

const count = async (table: 'notice' | 'ledger_entry'): Promise<number> => {
  const { rows } = await world.sql.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
};
async function assessedCase(url: string): Promise<{ caseId: string; assessmentId: string }> {
  const { id: caseId } = await openCase(cast.analyst, [url]);
  return { caseId, assessmentId: (await assess(cast.analyst, caseId)).id };
}

describe('an unknown host', () => {
  it('is kept as a provisional platform, gets no order before anybody confirmed where it is established, and nothing leaves', async () => {
    const { caseId, assessmentId } = await assessedCase(freshUrl('never-heard-of.example'));
    const refused = await cast.analyst.post('/v1/orders', order(caseId, assessmentId, EMERGENCY));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: expect.stringMatching(/^order\./) });
    const referral = await cast.analyst.post<NoticeView>('/v1/notices', { caseId, kind: 'referral' });
    expect(referral.status).toBe(201);
    expect(await cast.analyst.post(`/v1/notices/${referral.body.id}/send`)).toMatchObject({
      status: 409,
      body: { code: 'notice.contact-unconfirmed' },
    });
    expect(await kinds(world, referral.body.id)).toEqual(['notice.drafted']);
  });
});

describe('an order', () => {
  it.each([
    ['no legal basis', { legalBasis: undefined }, '/legalBasis'],
    ['a legal basis of no words', { legalBasis: '' }, '/legalBasis'],
    ['no redress', { redress: undefined }, '/redress'],
    ['nobody who certifies it', { issuer: undefined }, '/issuer'],
  ])('with %s is refused with the place of the fault, and nothing is written', async (_, more, pointer) => {
    const { caseId, assessmentId } = await assessedCase(freshUrl(hostOf(cast)));
    const before = [await count('notice'), await count('ledger_entry')];
    const refused = await cast.analyst.post('/v1/orders', order(caseId, assessmentId, { ...EMERGENCY, ...more }));
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer }] } });
    expect([await count('notice'), await count('ledger_entry')]).toEqual(before);
  });

  it('without a signature stays with its authority: no second person is asked by sending it, and no platform sees it', async () => {
    const { id } = await draftOrder(cast, EMERGENCY);
    for (const who of [cast.analyst, cast.supervisor]) {
      expect(await who.post(`/v1/notices/${id}/send`)).toMatchObject({ status: 409, body: { code: 'order.unsigned' } });
    }
    for (const who of [cast.moderator, cast.homeOfficer]) {
      for (const path of ['', '/form', '/form.pdf']) {
        expect((await who.get(`/v1/notices/${id}${path}`)).status).toBe(404);
      }
    }
    expect(await notice(cast.analyst, id)).toMatchObject({ state: 'draft', sentAt: null });
  });

  it('on a subject that is under an order, drafted before and signed since, stops when it is to be sent', async () => {
    const url = freshUrl(hostOf(cast));
    const other = await orderCast(world);
    const drafts = await Promise.all(
      [cast, other].map(async (body) => {
        const { id: caseId } = await openCase(body.analyst, [url]);
        const { id: assessmentId } = await assess(body.analyst, caseId);
        const { body: view } = await body.analyst.post<NoticeView>(
          '/v1/orders',
          order(caseId, assessmentId, EMERGENCY),
        );
        await sign(body, view.id);
        return view.id;
      }),
    );
    const [mine = '', theirs = ''] = drafts;
    expect((await cast.analyst.post(`/v1/notices/${mine}/send`)).status).toBe(200);
    const stopped = await other.analyst.post(`/v1/notices/${theirs}/send`);
    expect(stopped).toMatchObject({
      status: 409,
      body: { code: 'order.duplicate', standing: [{ holder: { authority: cast.unit.name } }] },
    });
    expect(JSON.stringify(stopped.body)).not.toContain(mine);
    expect(await notice(other.analyst, theirs)).toMatchObject({ state: 'draft', sentAt: null });
  });
});

describe('a token', () => {
  async function answerWith(token: string, view: NoticeView): Promise<{ status: number; body: unknown }> {
    const answers = [removed(view.items[0]!.itemId, world.clock.now())];
    return world.send('POST', `/v1/notices/${view.id}/answer`, { answers }, { authorization: `Bearer ${token}` });
  }

  it('that is forged, cut or has ended answers nothing and changes nothing', async () => {
    const sent = await sendOrder(cast);
    const ended = await world.person(cast.platform, ['moderator']);
    await world.sql.query('update session set expires_at = $2 where token_hash = $1', [
      hashToken(ended.token),
      world.clock.now(),
    ]);
    const tokens = [makeToken('session'), makeToken('api-key'), cast.moderator.token.slice(0, -1), ended.token, 'x'];
    const refused = await Promise.all(tokens.map((token) => answerWith(token, sent)));
    for (const [i, { status, body }] of refused.entries()) {
      // Of what has the shape of a token nobody learns whether it ever was one.
      const code = i < 4 ? 'auth.expired' : 'auth.required';
      expect({ status, body }).toMatchObject({ status: 401, body: { code } });
    }
    expect(await notice(cast.analyst, sent.id)).toMatchObject({ state: 'sent', items: [{ answer: null }] });
  });
});

describe('a notice that was withdrawn', () => {
  it('takes nothing any more, says which state it is in, and its clock stands', async () => {
    const sent = await sendOrder(cast);
    const itemId = sent.items[0]!.itemId;
    await cast.moderator.post(`/v1/notices/${sent.id}/acknowledge`);
    await cast.moderator.post(`/v1/notices/${sent.id}/impossible`, { explanation: 'No power' });
    world.clock.advance(minutes(1));
    await cast.analyst.post(`/v1/notices/${sent.id}/withdraw`, { reason: 'The wrong address' });
    const before = await kinds(world, sent.id);
    const tries: readonly [string, object][] = [
      ['answer', { answers: [{ ...removed(itemId, world.clock.now()), territory: 'union' }] }],
      ['acknowledge', {}],
      ['impossible', { explanation: 'No power' }],
      ['ask-clarification', { ground: 'manifest_errors', explanation: 'Which', needed: 'Which' }],
    ];
    for (const [verb, body] of tries) {
      expect(await cast.moderator.post(`/v1/notices/${sent.id}/${verb}`, body)).toMatchObject({
        status: 409,
        body: { code: 'notice.illegal-transition', state: 'withdrawn' },
      });
    }
    expect(await cast.moderator.post(`/v1/notices/${sent.id}/possible-again`)).toMatchObject({
      status: 409,
      body: { code: 'notice.no-obstacle' },
    });
    expect(await kinds(world, sent.id)).toEqual(before);
    expect((await notice(cast.moderator, sent.id)).clock).toMatchObject({ state: 'stopped', fact: null });
  });
});

describe('two people who answer at once', () => {
  const give = (who: Person, view: NoticeView, more: object): ReturnType<typeof who.post> => {
    const one = { ...removed(view.items[0]!.itemId, world.clock.now()), territory: 'worldwide', ...more };
    return who.post(`/v1/notices/${view.id}/answer`, { answers: [one] });
  };

  it('and say what they had read: one answer stands, and the other is told that it was overtaken and wrote nothing', async () => {
    const sent = await sendOrder(cast);
    const colleague = await world.person(cast.platform, ['moderator']);
    const both = await Promise.all(
      [cast.moderator, colleague].map((who) => give(who, sent, { afterRevision: 0, note: who.personId })),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'notice.answered-meanwhile',
      itemIds: [sent.items[0]!.itemId],
    });
    const told = await kinds(world, sent.id);
    expect(told.filter((kind) => kind === 'notice.answered')).toHaveLength(1);
    expect(told.filter((kind) => kind === 'notice.received')).toHaveLength(1);
    expect((await notice(cast.analyst, sent.id)).items[0]?.answer).toMatchObject({ revision: 1 });
  });

  it('and do not: the second is a correction of the first, both are kept, and the hour was stopped by the first', async () => {
    const sent = await sendOrder(cast);
    const colleague = await world.person(cast.platform, ['moderator']);
    const both = await Promise.all([cast.moderator, colleague].map((who) => give(who, sent, {})));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const told = await kinds(world, sent.id);
    expect(told.filter((kind) => kind === 'notice.answered')).toHaveLength(2);
    expect(told.filter((kind) => kind === 'clock.stopped')).toHaveLength(1);
    expect((await notice(cast.analyst, sent.id)).items[0]?.answer).toMatchObject({ revision: 2 });
  });
});
