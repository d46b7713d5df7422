import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page, Request } from 'playwright-core';
import sharp from 'sharp';
import { hashPassword } from '../../src/accounts/password';
import { SettableClock } from '../../src/infra/clock-source';
import { PROJECT_ROOT } from '../../src/infra/http/static';
import { blockhash } from '../../src/perceptual/blockhash';
import { hammingDistance } from '../../src/perceptual/hamming';
import { pdqHash } from '../../src/perceptual/pdq';
import type { Pixels } from '../../src/perceptual/pixels';
import { startWorld, type World } from '../support/app';
import { startBrowser, type TestBrowser } from '../support/browser';
import { pipelineOf, sceneJpeg, scenePixels, scenePng } from '../support/images';

const SHOTS = join(__dirname, '..', '..', 'test-results', 'screens');
const PASSWORD = 'a long enough password';
const MATCH_ROUTE = /\/v1\/signals\/match/;

describe('the page that hashes in the browser', () => {
  let world: World;
  let chromium: TestBrowser;
  let address: string;
  let email: string;
  let folder: string;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-hash-page-'));
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
    address = await world.listen();
    chromium = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** Every request after the page itself. */
    readonly requests: Request[];
    readonly refused: string[];
  }

  /** Contexts share their cookies where this Chromium runs in one process, so a test before may have left a session. */
  async function signInOrOut(page: Page, signedIn: boolean): Promise<void> {
    await page.goto(address);
    const [enter, leave] = ['Sign in', 'Sign out'].map((name) => page.getByRole('button', { name }));
    await enter!.or(leave!).waitFor();
    if (signedIn === (await leave!.isVisible())) return;
    if (signedIn) {
      await page.getByLabel('E-mail address').fill(email);
      await page.locator('input[name=password]').fill(PASSWORD);
    }
    await (signedIn ? enter! : leave!).click();
    await (signedIn ? leave! : enter!).waitFor();
  }

  async function open({
    locale = 'en-GB',
    signedIn,
    url = `${address}/hash.html`,
  }: { locale?: string; signedIn?: boolean; url?: string } = {}): Promise<Opened> {
    const context = await chromium.browser.newContext({ locale, viewport: { width: 900, height: 900 } });
    const page = await context.newPage();
    if (signedIn !== undefined) await signInOrOut(page, signedIn);
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text());
    });
    await page.goto(url);
    const requests: Request[] = [];
    page.on('request', (request) => requests.push(request));
    return { page, requests, refused };
  }

  async function hash(
    { page }: Opened,
    name: string,
    bytes: Buffer,
  ): Promise<Record<'pdq' | 'quality' | 'blockhash' | 'sha256', string>> {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    await page.setInputFiles('#file', file);
    await page.locator('#answer').waitFor();
    const text = async (id: string): Promise<string> =>
      (await page.locator(`#${id}`).count()) > 0 ? ((await page.textContent(`#${id}`)) ?? '') : '';
    return {
      pdq: await text('pdq'),
      quality: await text('quality'),
      blockhash: await text('blockhash'),
      sha256: await text('sha256'),
    };
  }

  /** What the page must show of these pixels. */
  const expected = (pixels: Pixels, bytes: Buffer): object => {
    const { hash: pdq, quality } = pdqHash(pixels);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { pdq, quality: String(quality), blockhash: blockhash(pixels), sha256 };
  };

  it('shows exactly our own hashes of a PNG, and of a JPEG PDQ within two bits', async () => {
    const opened = await open();
    const png = await scenePng(1);
    expect(await hash(opened, 'a.png', png)).toEqual(expected(scenePixels(1), png));
    const jpeg = await sceneJpeg(2);
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const ours = pdqHash({ data, width: info.width, height: info.height, channels: 3 }).hash;
    const { pdq } = await hash(opened, 'b.jpg', jpeg);
    expect(hammingDistance(pdq, ours)).toBeLessThanOrEqual(2);
    expect(opened.refused).toEqual([]);
  });

  it('does not turn a picture as EXIF says, nor convert its colours by a profile', async () => {
    const opened = await open();
    const scene = scenePixels(3, { width: 300, height: 200 });
    const turned = await pipelineOf(scene).withMetadata({ orientation: 6 }).png().toBuffer();
    expect(await hash(opened, 'turned.png', turned)).toEqual(expected(scene, turned));
    const webp = await pipelineOf(scene).withMetadata({ orientation: 6 }).webp({ lossless: true }).toBuffer();
    expect(await hash(opened, 'turned.webp', webp)).toEqual(expected(scene, webp));
    const jpeg = await pipelineOf(scene).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const { pdq } = await hash(opened, 'turned.jpg', jpeg);
    expect(hammingDistance(pdq, pdqHash(scene).hash)).toBeLessThanOrEqual(10);
    const wide = await pipelineOf(scene).withIccProfile('p3').png().toBuffer();
    const { data, info } = await sharp(wide, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect(await hash(opened, 'wide.png', wide)).toEqual(expected({ ...scene, data, channels: info.channels }, wide));
  });

  it('keeps the colours that lie under transparent pixels', async () => {
    const opened = await open();
    const scene = scenePixels(4, { width: 200, height: 150 });
    const data = new Uint8Array(200 * 150 * 4);
    for (let i = 0; i < 200 * 150; i++)
      data.set([...scene.data.subarray(i * 3, i * 3 + 3), i % 200 < 60 ? 0 : 130], i * 4);
    const pixels: Pixels = { ...scene, data, channels: 4 };
    const png = await pipelineOf(pixels).png().toBuffer();
    expect(await hash(opened, 'clear.png', png)).toEqual(expected(pixels, png));
  });

  it('sends nothing but hashes, and those only for somebody who is signed in', async () => {
    const guest = await open({ signedIn: false });
    await hash(guest, 'c.png', await scenePng(5));
    expect(guest.requests.map((request) => new URL(request.url()).pathname)).toEqual(['/v1/session']);
    expect(await guest.page.textContent('#answer')).toContain('sign in first');

    const member = await open({ signedIn: true });
    const { pdq, blockhash: block, sha256 } = await hash(member, 'secret-name.png', await scenePng(5));
    const asked = member.requests.filter((request) => new URL(request.url()).pathname === '/v1/signals/match');
    expect(asked.map((request) => new URL(request.url()).search)).toEqual([
      `?type=sha256&value=${sha256}`,
      `?type=pdq&value=${pdq}`,
      `?type=blockhash&value=${block}`,
    ]);
    expect(member.requests.every((request) => request.method() === 'GET' && request.postDataBuffer() === null)).toBe(
      true,
    );
    expect(member.requests.some((request) => request.url().includes('secret-name'))).toBe(false);
    expect(await member.page.textContent('#answer')).toContain('Nothing on your lists');
    expect(await member.page.textContent('.stays')).toContain('does not leave this browser');
    await member.page.screenshot({ path: join(SHOTS, 'hash-page.png') });
  });

  it('says that a known picture is known, and that the budget is spent when it is', async () => {
    const opened = await open({ signedIn: true });
    const answer = {
      matches: [{ type: 'pdq', distance: 4, state: 'active', labels: { category: 'incitement' }, action: 'review' }],
      matchable: 'perceptual',
    };
    const known = JSON.stringify(answer);
    const none = JSON.stringify({ matches: [], matchable: 'perceptual' });
    await opened.page.route(MATCH_ROUTE, (route) =>
      route.fulfill({
        contentType: 'application/json',
        body: route.request().url().includes('type=pdq') ? known : none,
      }),
    );
    await hash(opened, 'd.png', await scenePng(6));
    expect(await opened.page.textContent('#answer')).toContain('Known');
    expect(await opened.page.textContent('table')).toContain('have it looked at');
    await opened.page.screenshot({ path: join(SHOTS, 'hash-page-known.png') });
    await opened.page.unroute(MATCH_ROUTE);
    await opened.page.route(MATCH_ROUTE, (route) =>
      route.fulfill({
        status: 429,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'The budget of questions is spent', status: 429, code: 'signals.budget-spent' }),
      }),
    );
    await opened.page.setInputFiles('#file', []);
    await hash(opened, 'e.png', await scenePng(7));
    await opened.page.getByRole('alert').getByText('as often as it may').waitFor();
  });

  it('says when a file is no picture, and still gives its exact hash', async () => {
    const opened = await open();
    const bytes = Buffer.from('no picture');
    expect(await hash(opened, 'text.png', bytes)).toMatchObject({
      pdq: '',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    await opened.page.getByText('only its exact hash').waitFor();
  });

  it('speaks French to a French browser', async () => {
    const { page } = await open({ locale: 'fr-FR' });
    await page.getByRole('heading', { name: 'Cette image est-elle connue' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
  });

  it('is one file under a policy that allows its own script alone, and hashes also when saved and opened from a disk', async () => {
    const response = await fetch(`${address}/hash.html`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    const file = join(PROJECT_ROOT, 'console', 'dist', 'hash.html');
    expect(readFileSync(file, 'utf8')).not.toMatch(/\s(?:src|href)="(?!data:)/);
    const saved = await open({ url: pathToFileURL(file).href });
    const png = await scenePng(8);
    expect(await hash(saved, 'f.png', png)).toEqual(expected(scenePixels(8), png));
  });
});
