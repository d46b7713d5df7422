import type { ComplaintView } from '../../src/notices/redress/complaints.dto';
import type { World } from '../support/app';
import { EMERGENCY, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { carriedOut, done, followed, HOURS, kinds, referenceTo, REASONS, WEEKS } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';
import { fieldsOf, getPage, postForm, textOf, type PageAnswer } from '../support/reply';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const WORDS = 'This was a report on an attack.\r\nIt says <b>where</b> it is from.';
let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

/** As a browser comes to what a platform handed out. */
async function land(path: string, language = 'en'): Promise<PageAnswer> {
  const sent = await getPage(world, path, { accept: BROWSER });
  expect(sent.status).toBe(303);
  return getPage(world, String(sent.headers['location']), { accept: BROWSER, 'accept-language': language });
}

/** Presses the button of the first page. */
async function open(path: string, language = 'en'): Promise<PageAnswer> {
  return postForm(world, '/content', fieldsOf((await land(path, language)).html, '/content'));
}

/** The hidden fields of the form with which something is asked for; it has a class of its own. */
const formOf = (html: string, demand: string): Record<string, string> =>
  fieldsOf(html.replaceAll(' class="item">', '>'), `/content/${demand}`);

describe('the page of a content provider (Art. 11)', () => {
  it('is where a browser is sent on to, and nothing is read before its button is pressed', async () => {
    const order = await carriedOut(world, cast);
    const path = await referenceTo(cast, order);
    const landing = await land(path, 'de');
    expect(landing).toMatchObject({ status: 200 });
    expect(landing.html).toContain('<html lang="de">');
    expect(landing.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(await kinds(world, order.id)).not.toContain('content.informed');
    const { status, html, headers } = await open(path);
    expect(status).toBe(200);
    expect(await kinds(world, order.id)).toContain('content.informed');
    expect(html).not.toMatch(/<script|<a href="http/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const text = textOf(html);
    for (const said of [
      cast.platform.name,
      'bound by a removal order',
      order.items[0]!.address,
      'Tribunal administratif',
      '2 months',
    ])
      // prettier-ignore
      expect(text).toContain(said);
    // The same address is JSON for whoever asks for that.
    expect((await world.anonymous<{ state: string }>(path)).body.state).toBe('available');
  });

  it('asks for scrutiny of an order once it was looked through, within the 48 hours', async () => {
    const { id } = await carriedOut(world, cast);
    const path = await referenceTo(cast, await notice(cast.moderator, id));
    const { html } = await open(path, 'fr');
    expect(html).toContain('<html lang="fr">');
    expect(html).not.toContain('/content/complaint');
    const asked = { ...formOf(html, 'scrutiny'), text: REASONS };
    const confirm = await postForm(world, '/content/scrutiny', asked);
    expect(textOf(confirm.html)).toContain('Rien n’a encore été envoyé');
    expect(await kinds(world, id)).not.toContain('scrutiny.opened');
    const sent = await postForm(world, '/content/scrutiny', fieldsOf(confirm.html, '/content/scrutiny'));
    expect(sent.status).toBe(200);
    expect(textOf(sent.html)).toContain('Votre demande d’examen');
    expect(await kinds(world, id)).toContain('scrutiny.opened');
    const late = await carriedOut(world, cast);
    const other = await open(await referenceTo(cast, await notice(cast.moderator, late.id)));
    world.clock.advance(48 * HOURS);
    const fields = { ...formOf(other.html, 'scrutiny'), text: REASONS, sure: 'yes' };
    const refused = await postForm(world, '/content/scrutiny', fields);
    expect([refused.status, textOf(refused.html)]).toEqual([409, expect.stringContaining('is over')]);
  });
});

describe('a complaint by the page (Art. 10)', () => {
  it('is looked through, sent once, and read by the platform as it was typed', async () => {
    const referral = await followed(world, cast);
    const path = await referenceTo(cast, referral);
    const { html } = await open(path);
    expect(textOf(html)).toContain('the platform decided so by itself');
    const form = formOf(html, 'complaint');
    const short = await postForm(world, '/content/complaint', { ...form, text: 'No.', sure: 'yes' });
    expect([short.status, textOf(short.html)]).toEqual([409, expect.stringContaining('between 10 and 5,000')]);
    const confirm = await postForm(world, '/content/complaint', { ...form, text: WORDS });
    expect(confirm.html).toContain('&lt;b>where&lt;/b>');
    expect(await kinds(world, referral.id)).not.toContain('complaint.lodged');
    const fields = fieldsOf(confirm.html, '/content/complaint');
    // Going back loses nothing of what was typed.
    expect((await postForm(world, '/content', fields)).html).toContain('is from.</textarea>');
    const text = WORDS.replace('\r\n', '\n');
    const sure = { ...fields, text, sure: 'yes' };
    expect(textOf((await postForm(world, '/content/complaint', sure)).html)).toContain('It was sent');
    const twice = await postForm(world, '/content/complaint', sure);
    expect([twice.status, textOf(twice.html)]).toEqual([409, expect.stringContaining('was sent already')]);
    expect((await kinds(world, referral.id)).filter((kind) => kind === 'complaint.lodged')).toHaveLength(1);
    const { items } = await done(cast.moderator.get<{ items: ComplaintView[] }>('/v1/complaints'));
    expect(items.map((complaint) => complaint.text)).toContain(text);
    expect(textOf((await open(path)).html)).toContain('Your complaint');
  });

  it('is refused by the page, too, while an order stands', async () => {
    const { id } = await carriedOut(world, cast);
    const { html } = await open(await referenceTo(cast, await notice(cast.moderator, id)));
    const fields = { ...formOf(html, 'scrutiny'), text: REASONS, sure: 'yes' };
    const refused = await postForm(world, '/content/complaint', fields);
    expect([refused.status, textOf(refused.html)]).toEqual([409, expect.stringContaining('binds the platform')]);
  });
});

describe('non-disclosure (Art. 11(3)) on the page', () => {
  it('shows byte for byte what is shown where nothing was removed, and where the reference is nobody’s', async () => {
    const until = new Date(world.clock.now().getTime() + WEEKS).toISOString();
    const silent = { ...EMERGENCY, nonDisclosure: { until, reasons: 'A search is under way' } };
    const hushed = await referenceTo(cast, await carriedOut(world, cast, silent));
    const quiet = await referenceTo(cast, await sendOrder(cast));
    const unknown = `/v1/content/${'A'.repeat(43)}`;
    const shown = await Promise.all(
      [hushed, quiet, unknown].map(async (path) => {
        const reference = path.split('/').at(-1) ?? '';
        const pages = [await land(path), await open(path)];
        for (const demand of ['complaint', 'scrutiny'])
          pages.push(await postForm(world, `/content/${demand}`, { reference, text: REASONS, sure: 'yes' }));
        return JSON.stringify(pages.map(({ status, html }) => [status, html.replaceAll(reference, 'REFERENCE')]));
      }),
    );
    expect(new Set(shown).size).toBe(1);
    expect(shown[0]).toContain('Nothing can be said under this reference');
  });
});
