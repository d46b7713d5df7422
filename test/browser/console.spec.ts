import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { hashPassword } from '../../src/accounts/password';
import { SettableClock } from '../../src/infra/clock-source';
import { startWorld, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');

describe('the console in a real browser', () => {
  let world: World;
  let chromium: TestBrowser;
  let address: string;
  const PASSWORD = 'a long enough password';
  let email: string;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    // The browser keeps cookies by its own clock.
    world = await startWorld({ clock: new SettableClock(new Date()) });
    const { analyst } = await world.cast();
    await world.sql.query(`insert into credential (person_id, kind, secret_hash) values ($1, 'password', $2)`, [
      analyst.personId,
      await hashPassword(PASSWORD),
    ]);
    const { rows } = await world.sql.query<{ email: string }>('select email from person where id = $1', [
      analyst.personId,
    ]);
    email = rows[0]!.email;
    await world.sql.query(`insert into published_month values ('2026-01', $1, 100, now())`, [
      JSON.stringify({
        notices: { sent: 40, received: 40, results: {}, targetMissed: 'withheld' },
        responseTime: { p50Ms: 1_500_000, shareWithinHour: 0.9 },
      }),
    ]);
    address = await world.listen();
    chromium = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
  });

  async function open(
    path: string,
    options: { locale?: string; width?: number; script?: boolean } = {},
  ): Promise<Page> {
    const { locale = 'en-GB', width = 1100, script = true } = options;
    const context = await chromium.browser.newContext({
      locale,
      viewport: { width, height: 800 },
      javaScriptEnabled: script,
    });
    const page = await context.newPage();
    await page.goto(`${address}${path}`);
    return page;
  }

  it('shows the published figures and a sign-in; after it, one’s own figures, and signs out', async () => {
    const page = await open('/');
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    await page.getByText('January 2026').waitFor();
    await page.screenshot({ path: join(SHOTS, 'landing.png') });
    await page.getByLabel('E-mail address').fill(email);
    await page.locator('input[name=password]').fill('the wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Running clocks' }).waitFor();
    await page.getByRole('link', { name: 'Figures', exact: true }).click();
    await page.getByText('Your organisation, last thirty days').waitFor();
    await page.screenshot({ path: join(SHOTS, 'signed-in.png') });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Published figures').waitFor();
    expect(foreign).toEqual([]);
  });

  it('speaks French to a French browser, and fits a phone', async () => {
    const page = await open('/', { locale: 'fr-FR', width: 360 });
    await page.getByRole('heading', { name: 'Chiffres publiés' }).waitFor();
    await page.getByText('retenu').waitFor();
    await page.screenshot({ path: join(SHOTS, 'landing-fr-phone.png') });
    const overflow = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(overflow).toBe(false);
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
  });

  it('shows the figures without JavaScript', async () => {
    const page = await open('/figures', { script: false });
    expect(await page.textContent('main')).toContain('2026-01');
    await page.screenshot({ path: join(SHOTS, 'figures.png') });
  });
});
