import type { ContactLanguage } from '../../src/deliveries/deliveries.entity';
import { mailText } from '../../src/deliveries/words';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Person, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { mailed } from '../support/mailed';
import { OF_ORDERS } from '../support/of-orders';
import { register } from '../support/orders';
import { eventually, notice } from '../support/referral';
import { fieldsOf, getPage, mailedLink, openNotice, postForm, type PageAnswer } from '../support/reply';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  const cast = await world.cast();
  ({ analyst } = cast);
  // A body that could order and penalise: nothing of that has a place beside what it asks voluntarily.
  await register(world, cast.unit.id, 'FR', ['order', 'penalise']);
});
afterAll(() => close?.());

/** The words around whatever only an order may say; what a page looks like is no text. */
const ofOrders = (text: string): string[] =>
  [...text.replace(/<style>.*?<\/style>/s, '').matchAll(new RegExp(OF_ORDERS, 'giu'))].map(({ 0: found, index }) =>
    text.slice(Math.max(0, index - 60), index + found.length + 60),
  );

/** A whole referral by mail: everything that its platform is sent and shown, from the first mail to what it put back. */
async function shown(language: ContactLanguage): Promise<readonly string[]> {
  const pages: string[] = [];
  const see = ({ html }: PageAnswer): string => {
    pages.push(html);
    return html;
  };
  const { id, address, link } = await mailed({ world, sink, analyst }, { posts: 2, language });
  const act = async (verb: string, fields: Record<string, string> = {}): Promise<string> => {
    const html = see(await openNotice(world, link));
    const answer = await postForm(world, `/reply/${verb}`, { ...fieldsOf(html, `/reply/${verb}`), ...fields });
    expect([verb, answer.status]).toEqual([verb, 200]);
    return see(answer);
  };
  see(await getPage(world, link.path));
  see(await postForm(world, '/verify', { code: link.code, lang: language }, `10.7.0.${pages.length}`));
  await act('acknowledge');
  await act('clarification', { ground: 'insufficient_information', explanation: 'Which one?', needed: 'An address' });
  await analyst.post(`/v1/notices/${id}/clarify`, { clarification: 'Both of them' });
  await eventually(
    () => notice(analyst, id),
    ({ obstacles }) => obstacles.every(({ endedAt }) => endedAt !== null),
  );
  await act('impossible', { explanation: 'Nobody is there' });
  await act('possible-again');
  world.clock.advance(minutes(90));
  await world.app.get(Ticker).tick(world.clock.now());
  expect((await notice(analyst, id)).clock).toMatchObject({ fact: { kind: 'target_missed' } });
  await act('answer', { choiceAll: 'removed' });
  see(await openNotice(world, link));
  await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'It was satire' });
  const back = await mailedLink(sink, address, 3);
  see(await getPage(world, link.path));
  const asked = see(await openNotice(world, back));
  const fields = { ...fieldsOf(asked, '/reply/reinstatement'), choiceAll: 'reinstated' };
  see(await postForm(world, '/reply/reinstatement', fields));
  see(await openNotice(world, back));
  expect(pages.length).toBe(17);
  return [...sink.to(address).map(({ raw, mail }) => `${raw}\n${mail.subject}\n${mail.text}`), ...pages];
}

describe('a referral by mail (acceptance 3)', () => {
  it.each(['en', 'fr', 'de'] as const)(
    'shows nothing of an order in any mail or on any page, whatever comes of it (%s)',
    async (language) => {
      const texts = await shown(language);
      expect(texts.length).toBe(20);
      expect(texts.flatMap(ofOrders)).toEqual([]);
      expect(texts.join('\n')).toMatch(/volunt|volontaire|freiwillig/i);
    },
  );

  it.each(['en', 'fr', 'de'] as const)(
    'is looked through by eyes that find an order where there is one (%s)',
    (language) => {
      const gist = { event: 'notice.sent', authority: 'Unit A', reference: 'R-1', items: 1, site: 'https://c.example', dueAt: null } as const; // prettier-ignore
      const said = (kind: 'referral' | 'removal_order'): string =>
        mailText({ ...gist, kind, reply: null }, language).text;
      expect(ofOrders(said('removal_order')).length).toBeGreaterThan(2);
      expect(ofOrders(said('referral'))).toEqual([]);
    },
  );
});
