import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SettableClock } from '../../src/infra/clock-source';
import { startWorld, type Person, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { mailSettings, MailSink, playExchangerOf } from '../support/mail';
import { mailed, type Mailed } from '../support/mailed';
import { notice } from '../support/referral';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');

describe('a mail that is answered on a telephone, without an account and without JavaScript', () => {
  let world: World;
  let sink: MailSink;
  let chromium: TestBrowser;
  let page: Page;
  let analyst: Person;
  let mail: Mailed;
  let address: string;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    sink = await new MailSink().listen();
    world = await startWorld({ clock: new SettableClock(new Date()), config: { mail: mailSettings(sink.port) } });
    ({ analyst } = await world.cast());
    playExchangerOf(world, 'own.example');
    address = await world.listen();
    mail = await mailed({ world, sink, analyst }, { posts: 3 });
    chromium = await startBrowser();
    const context = await chromium.browser.newContext({
      locale: 'en-GB',
      viewport: { width: 360, height: 740 },
      javaScriptEnabled: false,
    });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
  }, 90_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
    await sink?.close();
  });

  /** Nothing is wider than the screen, and nothing that is pressed is too small for a thumb. */
  async function fits(): Promise<void> {
    const widths = await page
      .locator('body *')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
    expect(Math.max(...widths)).toBeLessThanOrEqual(360);
    const heights = await page
      .locator('button:visible')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  }

  it('opens by the link and shows the code of the mail; the link stands in no address afterwards', async () => {
    await page.goto(`${address}${mail.link.path}`);
    await page.getByText(mail.link.code).waitFor();
    await fits();
    await page.screenshot({ path: join(SHOTS, 'reply-landing-360.png'), fullPage: true });
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: /^Referral/ }).waitFor();
    expect(page.url()).toBe(`${address}/reply`);
    await fits();
    await page.screenshot({ path: join(SHOTS, 'reply-notice-360.png'), fullPage: true });
  });

  it('answers each item, reads what was recorded, and the sender sees it', async () => {
    const choices = page.getByLabel('Your answer');
    await choices.nth(0).selectOption('removed');
    await choices.nth(1).selectOption('declined:public_debate');
    await choices.nth(2).selectOption('hidden');
    await page.getByRole('button', { name: 'Record these answers' }).click();
    await page.getByRole('heading', { name: 'Recorded' }).waitFor();
    await fits();
    await page.screenshot({ path: join(SHOTS, 'reply-done-360.png'), fullPage: true });
    const { state, items } = await notice(analyst, mail.id);
    expect(state).toBe('answered');
    expect(items.map(({ answer }) => answer?.outcome)).toEqual(['removed', 'declined', 'hidden']);
  });

  it('goes back and corrects one of them by a page of its own', async () => {
    await page.getByRole('button', { name: 'Back to the notice' }).click();
    await page.getByRole('button', { name: 'Correct' }).nth(2).click();
    await page.getByLabel('Your answer').selectOption('removed');
    await page.getByLabel('I replace the recorded answer').check();
    await page.getByRole('button', { name: 'Record these answers' }).click();
    await page.getByRole('heading', { name: 'Recorded' }).waitFor();
    expect((await notice(analyst, mail.id)).items[2]?.answer).toMatchObject({ outcome: 'removed', revision: 2 });
  });

  it('is checked by hand at an address of its own', async () => {
    await page.goto(`${address}/verify`);
    await page.getByLabel('Code').fill(mail.link.code);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByText('We sent a mail with this code').first().waitFor();
    await page.getByText('Unit A').first().waitFor();
    await fits();
    await page.screenshot({ path: join(SHOTS, 'verify-360.png'), fullPage: true });
  });
});
