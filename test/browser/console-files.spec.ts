import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startWorld, type Person, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { RunningClock } from '../support/console';
import { scenePng } from '../support/images';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');

describe('files and second thoughts in the console', () => {
  let world: World;
  let chromium: TestBrowser;
  let page: Page;
  let analyst: Person;
  let picture: Buffer;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    world = await startWorld({ clock: new RunningClock(), config: { undoSeconds: 60 } });
    ({ analyst } = await world.cast());
    const address = await world.listen();
    picture = await scenePng(7101);
    chromium = await startBrowser();
    const context = await chromium.browser.newContext({
      locale: 'en-GB',
      colorScheme: 'dark',
      viewport: { width: 1200, height: 800 },
    });
    const { hostname } = new URL(address);
    await context.addCookies([{ name: 'clepsydra_session', value: analyst.token, domain: hostname, path: '/' }]);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${address}/#/refer`);
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
  });

  const looks = async (): Promise<number> => {
    const { rows } = await world.sql.query<{ count: string }>(
      `select count(*) from ledger_entry where convert_from(bytes, 'UTF8')::jsonb->>'kind' = 'exhibit.viewed'`,
    );
    return Number(rows[0]?.count);
  };

  it('sends a dropped picture after the case, with what the shared database knows of it', async () => {
    await page
      .getByLabel('Addresses, text or CSV')
      .fill('https://harbour.example/posts/7001\nhttps://harbour.example/tags/x');
    await page.locator('input[type=file]').setInputFiles([
      { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('https://harbour.example/posts/7002\n') },
      { name: 'banner.png', mimeType: 'image/png', buffer: picture },
    ]);
    await page.getByText('3 addresses').waitFor();
    await page.getByLabel('banner.png belongs to').selectOption('line 1');
    await page.getByLabel('What it is').selectOption('incitement');
    await page.getByLabel('Ideology').selectOption('unknown');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('preserved; not known to the shared database').waitFor();
    // A list of everything with a tag waits for a second person and is not in the parcel.
    await page.getByText('a whole collection: waits for a second person').waitFor();
    await page.getByRole('button', { name: 'Send to Harbour (2 items)' }).waitFor();
    await page.screenshot({ path: join(SHOTS, 'refer-files-dark.png'), fullPage: true });
  });

  it('takes a notice back with one key before it leaves: nothing has gone to the platform', async () => {
    await page.getByRole('button', { name: 'Send to Harbour (2 items)' }).click();
    await page.getByText(/leaves in \d+ s/).waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('z');
    await page.getByText('was taken back and is a draft again').waitFor();
    const { rows } = await world.sql.query(`select from delivery`);
    expect(rows).toHaveLength(0);
  });

  it('shows nothing of a picture until it is held, and records every look', async () => {
    await page.getByRole('link', { name: 'Open' }).click();
    await page.getByText('image/png, not shown until you hold').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await looks()).toBe(0);
    const hold = page.getByRole('button', { name: 'Hold to look: recorded each time' });
    await hold.scrollIntoViewIfNeeded();
    await hold.hover();
    await page.mouse.down();
    await page.locator('img.shown').waitFor();
    expect(await page.locator('img').evaluate((image) => getComputedStyle(image).filter)).toBe('grayscale(1)');
    expect(await looks()).toBe(1);
    await page.mouse.up();
    await page.locator('img.blurred').waitFor();
    await page.screenshot({ path: join(SHOTS, 'notice-draft-dark.png'), fullPage: true });
    await hold.focus();
    await page.keyboard.down('Enter');
    await page.getByText('looked at 2 times here').waitFor();
    await page.keyboard.up('Enter');
    expect(await looks()).toBe(2);
  });

  it('asks for nothing to look at where no reason is given', async () => {
    await page.getByLabel('Why you look (recorded)').fill('');
    expect(await page.getByRole('button', { name: 'Hold to look: recorded each time' }).isDisabled()).toBe(true);
  });

  it('says when the same picture comes again', async () => {
    const { rows } = await world.sql.query<{ id: string }>('select id from exhibit');
    const given = await analyst.post(`/v1/exhibits/${rows[0]?.id}/signals`, { labels: { category: 'incitement' } });
    expect(given.status).toBe(200);
    await page.getByRole('link', { name: 'Refer' }).click();
    await page
      .getByLabel('Addresses, text or CSV')
      .fill('https://harbour.example/posts/7009\nhttps://harbour.example/posts/7001');
    await page.locator('input[type=file]').setInputFiles({ name: 'again.png', mimeType: 'image/png', buffer: picture });
    await page.getByLabel('What it is').selectOption('incitement');
    await page.getByLabel('Ideology').selectOption('unknown');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('known: pdq, 0 bits apart').waitFor();
    await page.getByText('already open in another case').waitFor();
    await page.screenshot({ path: join(SHOTS, 'refer-known-dark.png'), fullPage: true });
  });
});
