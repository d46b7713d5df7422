import type { Page } from 'playwright-core';
import { SettableClock } from '../../src/infra/clock-source';
import { startWorld, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { mailSettings, MailSink, playExchangerOf } from '../support/mail';
import { mailed } from '../support/mailed';
import { orderCast, type OrderCast } from '../support/orders';
import { carriedOut, followed, kinds, referenceTo, REASONS } from '../support/redress';
import { notice } from '../support/referral';
import { fieldsOf, mailedLink, openNotice, postForm } from '../support/reply';

describe('pages without an account, on a telephone and without JavaScript', () => {
  let world: World;
  let sink: MailSink;
  let chromium: TestBrowser;
  let page: Page;
  let cast: OrderCast;
  let address: string;

  beforeAll(async () => {
    sink = await new MailSink().listen();
    world = await startWorld({ clock: new SettableClock(new Date()), config: { mail: mailSettings(sink.port) } });
    playExchangerOf(world, 'own.example');
    cast = await orderCast(world);
    address = await world.listen();
    chromium = await startBrowser();
    const viewport = { width: 360, height: 740 };
    const context = await chromium.browser.newContext({ locale: 'en-GB', viewport, javaScriptEnabled: false });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
  }, 90_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
    await sink?.close();
  });

  /** Nothing is wider than the screen. */
  async function fits(): Promise<void> {
    const widths = await page
      .locator('body *')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
    expect(Math.max(...widths)).toBeLessThanOrEqual(360);
  }

  it('tell a content provider what became of an item, show the order, and ask for scrutiny of it', async () => {
    const order = await carriedOut(world, cast);
    const path = await referenceTo(cast, order);
    await page.goto(`${address}${path}`);
    expect(page.url()).toContain(`${address}/content/`);
    await fits();
    await page.getByRole('button', { name: 'Open' }).click();
    expect(page.url()).toBe(`${address}/content`);
    await page.getByText('Copy of the order').click();
    await page.getByText(order.items[0]!.address).first().waitFor();
    await fits();
    await page.getByLabel('How the order infringes').fill(REASONS);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Is this what you want to send?' }).waitFor();
    await fits();
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByLabel('How the order infringes').inputValue()).toBe(REASONS);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { name: 'Your request for scrutiny' }).waitFor();
    await fits();
    expect(await kinds(world, order.id)).toContain('scrutiny.opened');
  });

  it('take a complaint in the language that the reader chooses', async () => {
    const referral = await followed(world, cast);
    await page.goto(`${address}${await referenceTo(cast, referral)}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByLabel('Warum die Maßnahme falsch ist').fill(REASONS);
    await page.getByRole('button', { name: 'Weiter' }).click();
    await page.getByRole('button', { name: 'Abschicken' }).click();
    await page.getByRole('heading', { name: 'Ihre Beschwerde' }).waitFor();
    await fits();
    expect(await kinds(world, referral.id)).toContain('complaint.lodged');
  });

  it('let a platform that lives by mail say what it put back', async () => {
    const { analyst } = await world.cast();
    const { id, address: mailbox, link } = await mailed({ world, sink, analyst }, { posts: 2 });
    const { html } = await openNotice(world, link);
    await postForm(world, '/reply/answer', { ...fieldsOf(html, '/reply/answer'), choiceAll: 'removed' });
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'It was satire' });
    await page.goto(`${address}${(await mailedLink(sink, mailbox, 2)).path}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await fits();
    const choices = page.getByLabel('What became of it');
    await choices.nth(0).selectOption('reinstated');
    await choices.nth(1).selectOption('kept_under_terms');
    await page.getByLabel('If it is not put back').nth(1).fill('Our terms, section 4');
    await page.getByRole('button', { name: 'Record this' }).click();
    await page.getByRole('heading', { name: 'Recorded' }).waitFor();
    await fits();
    const outcomes = (await notice(analyst, id)).items.map(({ reinstatement }) => reinstatement?.outcome);
    expect(outcomes).toEqual(['reinstated', 'kept_under_terms']);
  });
});
