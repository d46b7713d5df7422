import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { hashPassword } from '../../src/accounts/password';
import { startWorld, type Person, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { RunningClock } from '../support/console';
import { eventually, notice, received, refer } from '../support/referral';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');
const PASSWORD = 'a long enough password';

describe('a referral from paste to outcome, in two browsers', () => {
  let world: World;
  /** One each: contexts of one such Chromium share their cookies. */
  const browsers: TestBrowser[] = [];
  let address: string;
  let unit: Page;
  let platform: Page;
  let analyst: Person;
  const foreign: string[] = [];

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    world = await startWorld({ clock: new RunningClock(), config: { undoSeconds: 2 } });
    const { analyst: someone, moderator } = await world.cast();
    analyst = someone;
    address = await world.listen();
    unit = await enter(analyst, 'en-GB', 1200);
    platform = await enter(moderator, 'fr-FR', 360);
  }, 60_000);
  afterAll(async () => {
    for (const each of browsers) await each.close();
    await world?.close();
  });

  async function enter(person: Person, locale: string, width: number): Promise<Page> {
    await world.sql.query(`insert into credential (person_id, kind, secret_hash) values ($1, 'password', $2)`, [
      person.personId,
      await hashPassword(PASSWORD),
    ]);
    const chromium = await startBrowser();
    browsers.push(chromium);
    const page = await chromium.browser.newPage({ locale, viewport: { width, height: 800 } });
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) foreign.push(request.url());
    });
    await page.goto(address);
    await page.locator('input[name=email]').fill(`${person.personId}@${person.organisation.slug}.example`);
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
    return page;
  }

  const shot = (page: Page, name: string): Promise<Buffer> =>
    page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

  it('reads a paste line by line and names the platform before anything is sent', async () => {
    await unit.getByRole('link', { name: 'Refer' }).click();
    await unit
      .getByLabel('Addresses, text or CSV')
      .fill(
        [
          'https://harbour.example/posts/9001',
          'seen today: hxxps://harbour[.]example/posts/9002, and',
          'https://harbour.example/posts/9003',
          'https://harbour.example/posts/9001',
          'no address in this line',
          'ftp://harbour.example/file',
        ].join('\n'),
      );
    await unit.getByText('3 addresses').waitFor();
    await unit.getByText('neither http nor https').waitFor();
    await unit.getByText('same as line 1').waitFor();
    expect(await unit.getByRole('cell', { name: 'Harbour' }).count()).toBeGreaterThanOrEqual(3);
    await unit.getByLabel('What it is').selectOption('incitement');
    await unit.getByLabel('Ideology').selectOption('other');
    await unit.getByLabel('Why (the platform reads this)').fill('Terms of use, section 4: calls to violence.');
    await shot(unit, 'refer-pasted');
  });

  it('shows a notice on the platform’s screen without a reload, with a target and no deadline', async () => {
    await platform.getByText('Rien ne vous attend.').waitFor();
    await shot(platform, 'inbox-empty-phone');
    await unit.keyboard.press('Control+Enter');
    await unit.getByRole('button', { name: 'Send to Harbour (3 items)' }).waitFor();
    await shot(unit, 'refer-checked');
    await unit.keyboard.press('Control+Enter');
    await unit.getByText(/leaves in|has left/).waitFor();
    await shot(unit, 'refer-leaving');
    await unit.getByText('has left').waitFor();
    await platform.getByText('3 éléments en cours').waitFor();
    await platform.getByText('Objectif').waitFor();
    const row = platform.getByRole('listitem').filter({ hasText: '3 éléments en cours' });
    expect(await row.textContent()).toContain('Objectif');
    expect(await row.textContent()).not.toMatch(/Délai/);
    expect(await row.textContent()).toMatch(/encore 59 min|encore 60 min/);
    await shot(platform, 'inbox-phone');
  });

  it('asks what is unclear and reads the answer, both sides without a reload', async () => {
    await platform.keyboard.press('j');
    await platform.keyboard.press('Enter');
    await platform.getByRole('button', { name: 'Il nous faut une précision' }).click();
    await platform.getByLabel('De quoi il s’agit (lu par l’expéditeur)').fill('La deuxième adresse ne mène à rien.');
    await platform.getByLabel('Ce qu’il vous faut savoir (lu par l’expéditeur)').fill('L’adresse exacte.');
    await platform.getByRole('button', { name: 'Le dire à l’expéditeur' }).click();
    await unit.getByRole('link', { name: /^Clocks$/ }).click();
    await unit.getByText('3 items open').waitFor();
    await unit.keyboard.press('j');
    await unit.keyboard.press('Enter');
    await unit.getByText('La deuxième adresse ne mène à rien.').waitFor();
    await shot(unit, 'notice-unclear');
    await unit.getByRole('button', { name: 'Clarify' }).click();
    await unit.getByLabel('Clarification (the platform reads this)').fill('It is behind the second link of that page.');
    await unit.getByRole('button', { name: 'Send the clarification' }).click();
    await platform.getByText('It is behind the second link of that page.').waitFor();
    await shot(platform, 'notice-clarified-phone');
    await platform.keyboard.press('Escape');
    await platform.getByRole('heading', { name: 'Réception' }).waitFor();
  });

  it('takes the answers from the keyboard alone: acknowledged, removed, taken back, declined with a reason', async () => {
    await platform.keyboard.press('j');
    await platform.keyboard.press('a');
    await platform.getByText('pris en compte').first().waitFor();
    await platform.keyboard.press('Enter');
    await platform.getByText('Terms of use, section 4').waitFor();
    await platform.keyboard.press('r');
    await platform.getByText('pas encore transmis').waitFor();
    await platform.keyboard.press('z');
    await platform.getByText('pas encore transmis').waitFor({ state: 'detached' });
    await platform.keyboard.press('k');
    await platform.keyboard.press('x');
    await platform.keyboard.press('j');
    await platform.keyboard.press('x');
    await platform.getByText('2 éléments choisis').waitFor();
    await platform.keyboard.press('r');
    await platform.keyboard.press('j');
    await platform.keyboard.press('d');
    await platform.getByRole('dialog').waitFor();
    await shot(platform, 'decline-phone');
    await platform.keyboard.press('c');
    await platform.getByText('3 réponses à').waitFor();
    await shot(platform, 'answered-held-phone');
    await unit.getByRole('link', { name: /^Clocks$/ }).click();
    await unit.getByText('3 items open').waitFor();
    await shot(unit, 'board');
    await unit.keyboard.press('j');
    await unit.keyboard.press('Enter');
    await unit.getByText('no answer yet').first().waitFor();
    await platform.keyboard.press('s');
  });

  it('shows the outcome on the unit’s screen without a reload, with deliveries, receipt and record', async () => {
    await unit.getByText('Journalistic').waitFor();
    expect(await unit.getByText('Removed', { exact: true }).count()).toBe(2);
    await unit.getByText('notice.answered').first().waitFor();
    await unit.getByText('Answered in full').waitFor();
    expect(await unit.getByText(/Deadline|deadline/).count()).toBe(0);
    const time = unit.locator('time').first();
    expect(await time.getAttribute('title')).toMatch(/UTC$/);
    await shot(unit, 'notice-unit');
    await platform.keyboard.press('?');
    await platform.getByRole('dialog').waitFor();
    await shot(platform, 'keys-phone');
    await platform.keyboard.press('Escape');
    await shot(platform, 'notice-phone');
    expect(foreign).toEqual([]);
  });

  it('names every control and fits a phone', async () => {
    for (const page of [unit, platform]) {
      const nameless = await page.evaluate(
        () =>
          [...document.querySelectorAll('button, a, input, select, textarea')].filter((element) => {
            const field = element as HTMLInputElement;
            const labelled = (field.labels?.length ?? 0) > 0 || element.getAttribute('aria-label');
            return !labelled && element.textContent.trim() === '';
          }).length,
      );
      expect(nameless).toBe(0);
      expect(await page.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
    }
    expect(await platform.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  });

  it('sends on what was answered when the page is left before its time', async () => {
    const { id } = await received(analyst);
    await platform.keyboard.press('Escape');
    await platform.getByText('1 élément en cours').waitFor();
    await platform.keyboard.press('Enter');
    await platform.getByText('pas encore de réponse').waitFor();
    await platform.keyboard.press('g');
    await platform.getByText('pas encore transmis').waitFor();
    await platform.goto('about:blank');
    await eventually(
      () => notice(analyst, id),
      ({ state }) => state === 'answered',
    );
  });

  it('says on the board which notice has reached nobody', async () => {
    await world.organisation('platform', 'island', { hosts: ['island.example'], inbox: false });
    const { reference } = await refer(analyst, ['https://island.example/posts/1']);
    await unit.getByRole('link', { name: /^Clocks$/ }).click();
    await unit.getByRole('heading', { name: 'Reached nobody' }).waitFor();
    await unit.getByText(reference).waitFor();
  });
});
