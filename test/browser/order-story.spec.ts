import type { Page } from 'playwright-core';
import type { SubmissionView } from '../../src/cases/cases.dto';
import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import type { NoticeView } from '../../src/notices/notice.view';
import type { ScrutinyView } from '../../src/notices/scrutiny/scrutiny.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { sceneJpeg } from '../support/images';
import { mailSettings, MailSink, playExchangerOf } from '../support/mail';
import {
  contributeBecauseOf,
  document,
  feedUntil,
  figuresOf,
  kindsOf,
  submitPicture,
  unproven,
  verifyWhole,
} from '../support/order-story';
import { assess, EMERGENCY, order, orderCast, sign, type OrderCast } from '../support/orders';
import { begin, decide, done, intend } from '../support/redress';
import { eventually, notice } from '../support/referral';
import { mailedLink, type MailedLink } from '../support/reply';
import { openForm, parseKeys, verifyForm } from '../support/sdk-forms';

const ADDRESS = 'tco@own.example';

/** What the ledger says of the story, by its parts. */
const BY_TWO = ['approval.asked', 'approval.given'];
const CASE = ['case.opened', 'item.added', 'exhibit.collected', 'exhibit.hashed', 'exhibit.sealed', 'case.assessed'];
const SIGNED = [
  'order.duplicates-asked',
  'notice.drafted',
  'order.duplicates-asked',
  ...BY_TWO,
  'authority.key-created',
  'order.signed',
  'order.duplicates-asked',
];
const ANSWERED = [
  'notice.sent',
  'delivery.receipt',
  'notice.received',
  'clock.started',
  'notice.acknowledged',
  'clock.stopped',
  'notice.answered',
];
const SCRUTINISED = ['scrutiny.opened', 'scrutiny.intended', 'scrutiny.answered'];
const DECIDED = ['scrutiny.decided', 'scrutiny.copied'];
const VOID = ['notice.annulled', 'reinstatement.asked'];
/** The mail that asks to put back has left, and what asks for it stands in the ledger. */
const isAsked = (kinds: readonly string[]): boolean =>
  kinds.slice(kinds.indexOf('reinstatement.asked')).includes('delivery.receipt') &&
  kinds.includes('reinstatement.asked');
const PUT_BACK = ['delivery.receipt', 'reinstatement.answered'];

/*
 * One order, from its case to its reinstatement: Annex I, a mail in a real mail server, its link in a real browser without
 * JavaScript, scrutiny by the home authority of another Member State, annulment, reinstatement, and the ledger of it all.
 */
describe('an order: composed, signed, mailed, answered, scrutinised, annulled, reinstated', () => {
  let world: World;
  let sink: MailSink;
  let chromium: TestBrowser;
  let page: Page;
  let site: string;
  let cast: OrderCast;
  let home: readonly [Person, Person];
  let opened: SubmissionView;
  let link: MailedLink;
  let signalId: string;
  let id: string;
  let post: string;

  beforeAll(async () => {
    sink = await new MailSink().listen();
    world = await startWorld({ config: { mail: mailSettings(sink.port) } });
    playExchangerOf(world, 'own.example');
    cast = await orderCast(world);
    home = [cast.homeOfficer, await world.person(cast.home, ['supervisor'])];
    const contact = { channel: 'mail', position: 0, address: ADDRESS, language: 'en' };
    await done(cast.platformAdmin.post('/v1/contact-points', contact), 201);
    site = await world.listen();
    chromium = await startBrowser();
    const phone = { locale: 'en-GB', viewport: { width: 360, height: 740 }, javaScriptEnabled: false };
    page = await (await chromium.browser.newContext(phone)).newPage();
    page.setDefaultTimeout(15_000);
    post = `https://${cast.platform.slug}.example/posts/story`;
  }, 90_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
    await sink?.close();
  });

  it('is composed from a case whose picture is preserved, and does not leave before a second person has signed', async () => {
    opened = await submitPicture(cast.analyst, post, await sceneJpeg(911));
    expect(opened.exhibits).toHaveLength(1);
    const { id: assessmentId, barsToOrder } = await assess(cast.analyst, opened.id);
    expect(barsToOrder).toEqual([]);
    const body = order(opened.id, assessmentId, EMERGENCY);
    const draft = await done(cast.analyst.post<NoticeView>('/v1/orders', body), 201);
    ({ id } = draft);
    expect(draft.items.map(({ address }) => address)).toEqual([post]);
    const early = await cast.analyst.post(`/v1/notices/${id}/send`);
    expect(early).toMatchObject({ status: 409, body: { code: 'order.unsigned' } });
    expect((await sign(cast, id)).order).toMatchObject({ isCrossBorder: true, homeCountry: 'IE' });
  });

  it('is an Annex I in a PDF that says what was signed, and whose signature needs nobody to be verified', async () => {
    const signed = await done(cast.analyst.get<SignedFormView>(`/v1/notices/${id}/form`));
    const pdf = await document(world, cast.analyst, `/v1/notices/${id}/form.pdf?language=fr`);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const { form, jws } = openForm(pdf);
    expect(form).toEqual(signed.form);
    expect(form).toMatchObject({
      form: 'annex-i',
      content: { a: { issuingMemberState: 'FR', homeMemberState: 'IE' }, b: { targets: [{ url: post }] } },
    });
    const keys = parseKeys(JSON.stringify((await world.anonymous(`/v1/authorities/${cast.unit.id}/keys`)).body));
    expect(verifyForm(form, jws ?? '', keys)).toEqual({ ok: true, kid: signed.kid });
  });

  it('reaches the contact point as a mail that tells nothing of the content, and the home authority at the same moment', async () => {
    world.clock.advance(minutes(1));
    const sent = await done(cast.analyst.post<NoticeView>(`/v1/notices/${id}/send`));
    link = await mailedLink(sink, ADDRESS);
    const [{ mail, raw }] = sink.to(ADDRESS) as [ReturnType<MailSink['to']>[number]];
    expect(mail.subject).toContain(sent.reference);
    expect(mail.text).toContain('within 60 minutes of receipt');
    expect(raw).not.toMatch(/posts|incitement|praises/);
    const received = await eventually(
      () => notice(cast.analyst, id),
      ({ state }) => state === 'received',
    );
    const at = world.clock.now().toISOString();
    expect(received).toMatchObject({ receivedAt: at, clock: { kind: 'statutory', state: 'running' } });
    expect((await notice(cast.homeOfficer, id)).sentAt).toBe(sent.sentAt);
  });

  it('is checked by its code on a page that is typed by hand', async () => {
    await page.goto(`${site}/verify`);
    await page.getByLabel('Code').fill(link.code);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('We sent a mail with this code').first().waitFor();
    const text = (await page.textContent('main, body')) ?? '';
    for (const said of [cast.unit.name, 'https://register.example/authorities', '+33 1 00 00 00 0']) {
      expect(text).toContain(said);
    }
  });

  it('is answered through its link in a browser, in time', async () => {
    world.clock.advance(minutes(2));
    await page.goto(`${site}${link.path}`);
    await page.getByText(link.code).waitFor();
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: /^Removal order/ }).waitFor();
    await page.getByLabel('Your answer').selectOption('removed');
    await page.getByRole('button', { name: 'Record these answers' }).click();
    await page.getByRole('heading', { name: 'Recorded' }).waitFor();
    const { state, items, clock } = await notice(cast.analyst, id);
    expect({ state, clock: clock?.state }).toEqual({ state: 'answered', clock: 'stopped' });
    expect(items[0]?.answer).toMatchObject({
      outcome: 'removed',
      late: 'in_time',
      measureAt: world.clock.now().toISOString(),
    });
  });

  it('stands behind a hash, and in the figures', async () => {
    signalId = await contributeBecauseOf(cast.analyst, opened.exhibits[0]!.id, id);
    const { body } = await cast.moderator.get<SignalView>(`/v1/signals/${signalId}`);
    expect(body.state).toBe('active');
    const figures = figuresOf(
      await feedUntil(cast.analyst, (kinds) => kinds.includes('signal.contributed')),
      world.clock.now(),
    );
    expect(figures.notices.results).toMatchObject({ acted: 1, withdrawn: 0 });
  });

  it('is scrutinised by the home authority, whose decision the issuer was told and answered before', async () => {
    world.clock.advance(minutes(3));
    const { id: scrutiny } = await done(begin(cast.homeOfficer, id), 201);
    await done(intend(world, cast.homeOfficer, scrutiny));
    const mine = await done(cast.analyst.get<ScrutinyView[]>(`/v1/notices/${id}/scrutinies`));
    expect(mine).toMatchObject([{ id: scrutiny, state: 'intended' }]);
    const answer = { answer: 'The article is a call, as the assessment says.' };
    await done(cast.analyst.post(`/v1/scrutinies/${scrutiny}/answer`, answer));
    world.clock.advance(minutes(1));
    expect(await done(decide(home, scrutiny, 'infringement'))).toMatchObject({ outcome: 'infringement' });
  });

  it('is void at once: clock, link, hash and figures, and the platform is asked by mail to put back', async () => {
    expect(await notice(cast.analyst, id)).toMatchObject({ state: 'annulled', annulmentGround: 'scrutiny' });
    const [, told] = await eventually(
      async () => sink.to(ADDRESS),
      (all) => all.length > 1,
    );
    expect(told?.mail.text).toContain('It has been ANNULLED. Please reinstate');
    expect((await page.goto(`${site}${link.path}`))?.status()).toBe(404);
    const { body } = await cast.moderator.get<SignalView>(`/v1/signals/${signalId}`);
    expect(body).toMatchObject({ state: 'withdrawn' });
    const figures = figuresOf(await feedUntil(cast.analyst, isAsked), world.clock.now());
    expect(figures.notices.results).toMatchObject({ acted: 0, annulled: 1, withdrawn: 0 });
    expect(figures.events).toMatchObject({ annulled: { scrutiny: 1 }, scrutinies: { infringement: 1 } });
    await page.goto(`${site}/verify`);
    await page.getByLabel('Code').fill(link.code);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('taken back or annulled').first().waitFor();
  });

  it('is put back by the platform, which says so by the link of that mail', async () => {
    world.clock.advance(minutes(5));
    const back = await mailedLink(sink, ADDRESS, 2);
    expect(back.token).not.toBe(link.token);
    await page.goto(`${site}${back.path}`);
    await page.getByText(back.code).waitFor();
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('Asked to put back since').waitFor();
    await page.getByLabel('What became of it').selectOption('reinstated');
    await page.getByRole('button', { name: 'Record this' }).click();
    await page.getByRole('heading', { name: 'Recorded' }).waitFor();
    const [item] = (await notice(cast.analyst, id)).items;
    const doneAt = world.clock.now().toISOString();
    expect(item?.reinstatement).toMatchObject({ ground: 'scrutiny', outcome: 'reinstated', doneAt });
  });

  it('stands in the ledger step by step, for its issuer, its platform and its home authority, each step proven', async () => {
    const isWhole = (kinds: readonly string[]): boolean => kinds.includes('reinstatement.answered');
    const feeds = await Promise.all(
      [cast.analyst, cast.moderator, cast.homeOfficer].map((who) => feedUntil(who, isWhole)),
    );
    const [issuer = [], platform = [], homeAuthority = []] = feeds;
    expect(kindsOf(issuer)).toEqual([
      ...CASE,
      ...SIGNED,
      ...ANSWERED,
      'signal.contributed',
      ...SCRUTINISED,
      ...DECIDED,
      ...VOID,
      'signal.retracted',
      ...PUT_BACK,
    ]);
    expect(kindsOf(platform)).toEqual(['contact.added', ...ANSWERED, ...SCRUTINISED, ...DECIDED, ...VOID, ...PUT_BACK]);
    expect(kindsOf(homeAuthority)).toEqual([
      ...ANSWERED,
      ...SCRUTINISED,
      ...BY_TWO,
      ...DECIDED,
      ...VOID,
      'signal.retracted',
      ...PUT_BACK,
    ]);
    expect(await unproven(world, cast.analyst, issuer)).toEqual([]);
    expect(await unproven(world, cast.moderator, platform)).toEqual([]);
    expect(await unproven(world, cast.homeOfficer, homeAuthority)).toEqual([]);
    expect(await verifyWhole(world)).toMatchObject({ ok: true, faults: [] });
  });
});
