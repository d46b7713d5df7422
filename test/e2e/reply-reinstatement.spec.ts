import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, type Person, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { mailed } from '../support/mailed';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { begin, decide, done, intend, said } from '../support/redress';
import { eventually, notice } from '../support/referral';
import { fieldsOf, getPage, mailedLink, openNotice, postForm, textOf, type MailedLink } from '../support/reply';

const ACTION = '/reply/reinstatement';
let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;
let serial = 0;
/** Whose home authority has the copies: the one that has been registered longest. */
let scrutineer: OrderCast | undefined;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(() => close?.());

const answer = async (link: MailedLink, choice0: string): Promise<void> => {
  const { html } = await openNotice(world, link);
  const sent = await postForm(world, '/reply/answer', { ...fieldsOf(html, '/reply/answer'), ...rowOf(html), choice0 });
  expect(sent.status).toBe(200);
};

/** The hidden fields of the first item. */
const rowOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/name="((?:item|seen)\d)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );

interface TakenDown {
  readonly cast: OrderCast;
  readonly order: NoticeView;
  readonly address: string;
  readonly first: MailedLink;
}

/** An order that a platform has by mail, and that it carried out by the link in it. */
async function takenDown(language = 'en'): Promise<TakenDown> {
  const cast = await orderCast(world);
  scrutineer ??= cast;
  const address = `back-${++serial}@own.example`;
  await cast.platformAdmin.post('/v1/contact-points', { channel: 'mail', position: 0, address, language });
  const { id } = await sendOrder(cast);
  await eventually(
    () => notice(cast.analyst, id),
    ({ state }) => state === 'received',
  );
  const first = await mailedLink(sink, address);
  await answer(first, 'removed');
  return { cast, order: await notice(cast.analyst, id), address, first };
}

async function annul({ cast, order }: TakenDown): Promise<void> {
  const body = { ground: 'issuer', reasons: 'The wrong address was named in the order.', reason: 'As discussed' };
  for (const [who, status] of [
    [cast.analyst, 202],
    [cast.supervisor, 200],
  ] as const)
    await done(who.post(`/v1/notices/${order.id}/annul`, body), status);
}

describe('an order that was annulled', () => {
  it('asks by mail for what was taken down to be put back, and is answered by the link, once', async () => {
    const story = await takenDown();
    const { cast, order, address, first } = story;
    world.clock.advance(minutes(30));
    await annul(story);
    const askedAt = world.clock.now();
    const link = await mailedLink(sink, address, 2);
    expect(link.token).not.toBe(first.token);
    expect(sink.to(address).at(-1)?.mail.text).toContain('Say what you have put back, without an account');
    // Whoever or whatever follows the link changes nothing, and the link of before opens nothing any more.
    for (let i = 0; i < 2; i += 1) expect((await getPage(world, link.path)).status).toBe(200);
    expect((await getPage(world, first.path)).status).toBe(404);
    expect((await notice(cast.analyst, order.id)).items[0]?.reinstatement).toMatchObject({ outcome: null });
    const { html, headers } = await openNotice(world, link);
    expect(html).not.toContain('<script');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(textOf(html)).toContain('Please put back what you took down because of it');
    expect(html).not.toContain('action="/reply/answer"');
    world.clock.advance(minutes(5));
    const fields = { ...fieldsOf(html, ACTION), choice0: 'reinstated' };
    const doneAt = world.clock.now().toISOString();
    const proof = await postForm(world, ACTION, fields);
    expect(proof.status).toBe(200);
    expect(textOf(proof.html)).toMatch(/put back · .*Answer to the request to put back.*Signature/);
    expect((await notice(cast.analyst, order.id)).items[0]?.reinstatement).toMatchObject({
      ground: 'issuer',
      askedAt: askedAt.toISOString(),
      outcome: 'reinstated',
      doneAt,
      answeredAt: doneAt,
    });
    // The same form again, and a fresh form that says otherwise, change nothing.
    expect(textOf((await postForm(world, ACTION, fields)).html)).toContain('Nothing was recorded twice');
    const fresh = await openNotice(world, link);
    expect(textOf(fresh.html)).toContain('Nothing is left to be said here');
    const otherwise = { ...fields, ...fieldsOf(fresh.html, ACTION), choice0: 'not_possible' };
    expect((await postForm(world, ACTION, otherwise)).status).toBe(409);
    const answers = (await said(world, order.id)).filter(({ kind }) => kind === 'reinstatement.answered');
    expect(answers).toHaveLength(1);
    expect(answers[0]?.audience).toEqual(expect.arrayContaining([cast.unit.id, cast.platform.id]));
  });

  it('can stay down under the platform’s own terms, said in its language with its reason', async () => {
    const story = await takenDown('fr');
    await annul(story);
    const [, path = '', token = ''] =
      /(\/reply\/([\w-]{43}))/.exec(
        (
          await eventually(
            async () => sink.to(story.address),
            (all) => all.length === 2,
          )
        )[1]?.mail.text ?? '',
      ) ?? [];
    const { html } = await openNotice(world, { path, token, code: '' });
    expect(html).toContain('<html lang="fr">');
    expect(textOf(html)).toContain('maintenu hors ligne en vertu de nos propres conditions générales');
    const reason0 = '<b>Interdit</b> par nos conditions, point 4';
    const fields = { ...fieldsOf(html, ACTION), choice0: 'kept_under_terms', reason0 };
    const shown = await postForm(world, ACTION, fields);
    expect(shown.html).toContain('&lt;b>Interdit&lt;/b>');
    expect((await notice(story.cast.analyst, story.order.id)).items[0]?.reinstatement).toMatchObject({
      outcome: 'kept_under_terms',
      reason: reason0,
      doneAt: null,
    });
  });

  it('by the home authority is put back by the link, too', async () => {
    const { cast, order, address } = await takenDown();
    const { home, homeOfficer } = scrutineer ?? cast;
    const scrutiny = await done(begin(homeOfficer, order.id), 201);
    await done(intend(world, homeOfficer, scrutiny.id, minutes(60)));
    world.clock.advance(minutes(60));
    await done(decide([homeOfficer, await world.person(home, ['supervisor'])], scrutiny.id, 'infringement'));
    const link = await mailedLink(sink, address, 2);
    const { html } = await openNotice(world, link);
    expect(textOf(html)).toContain('found that it infringes the law');
    await postForm(world, ACTION, { ...fieldsOf(html, ACTION), choice0: 'not_possible', reason0: 'Gone for good' });
    expect((await notice(cast.analyst, order.id)).items[0]?.reinstatement).toMatchObject({
      ground: 'scrutiny',
      outcome: 'not_possible',
    });
  });

  it('refuses a time before it was asked for, and one to come, and keeps what was typed', async () => {
    const story = await takenDown();
    world.clock.advance(minutes(30));
    await annul(story);
    const link = await mailedLink(sink, story.address, 2);
    for (const away of [minutes(-2), minutes(2)]) {
      const { html } = await openNotice(world, link);
      const measure0 = new Date(world.clock.now().getTime() + away).toISOString().slice(0, 19);
      const fields = { ...fieldsOf(html, ACTION), choice0: 'reinstated', measure0 };
      const refused = await postForm(world, ACTION, fields);
      expect(refused.status).toBe(409);
      expect(refused.html).toContain(`value="${measure0}"`);
      expect(textOf(refused.html)).toContain('before you were asked');
    }
    expect((await notice(story.cast.analyst, story.order.id)).items[0]?.reinstatement).toMatchObject({ outcome: null });
  });
});

describe('a referral that was withdrawn', () => {
  it('is answered for every item at once, and its link does nothing else', async () => {
    const { id, admin, address, link: first } = await mailed({ world, sink, analyst }, { posts: 3 });
    const { html: open } = await openNotice(world, first);
    await postForm(world, '/reply/answer', { ...fieldsOf(open, '/reply/answer'), choiceAll: 'removed' });
    const early = await postForm(world, ACTION, { ...fieldsOf(open, '/reply/answer'), choiceAll: 'reinstated' });
    expect(early.status).toBe(409);
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'It was satire' });
    const link = await mailedLink(sink, address, 2);
    const { html } = await openNotice(world, link);
    expect(textOf(html)).toContain('It was satire');
    const fields = fieldsOf(html, ACTION);
    for (const verb of ['answer', 'acknowledge', 'life-threat'])
      expect((await postForm(world, `/reply/${verb}`, { ...fields, choiceAll: 'declined:artistic' })).status).toBe(409);
    const fresh = fieldsOf((await openNotice(world, link)).html, ACTION);
    const recorded = await postForm(world, ACTION, { ...fresh, choice1: 'not_possible', choiceAll: 'reinstated' });
    expect(recorded.status).toBe(200);
    const outcomes = (await notice(analyst, id)).items.map(({ reinstatement }) => reinstatement?.outcome);
    expect(outcomes).toEqual(['reinstated', 'not_possible', 'reinstated']);
    expect((await admin.post(`/v1/notices/${id}/reply-links/revoke`)).status).toBe(200);
    expect((await getPage(world, link.path)).status).toBe(404);
  });

  it('has no link where nothing was taken down', async () => {
    const { id, address } = await mailed({ world, sink, analyst });
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' });
    const all = await eventually(
      async () => sink.to(address),
      (kept) => kept.length === 2,
    );
    expect(all[1]?.mail.text).not.toContain('/reply/');
  });
});
