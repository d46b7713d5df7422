import type { Page } from 'playwright-core';
import { SettableClock } from '../../src/infra/clock-source';
import type { Person } from './app';
import { startBrowser, type TestBrowser } from './browser';

/** Browsers live in real time, and their deadlines are the server's; `advance` puts the service ahead of it. */
export class RunningClock extends SettableClock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  override advance(durationMs: number): void {
    this.aheadMs += durationMs;
  }
}

export interface OpenConsole {
  readonly chromium: TestBrowser;
  readonly page: Page;
}

/** The console for somebody who is signed in, in a browser of their own: contexts of one such Chromium share their cookies. */
export async function openConsole(
  address: string,
  person: Person,
  { locale = 'en-GB', width = 1200, place = '' } = {},
): Promise<OpenConsole> {
  const chromium = await startBrowser();
  const context = await chromium.browser.newContext({ locale, viewport: { width, height: 800 } });
  const { hostname } = new URL(address);
  await context.addCookies([{ name: 'clepsydra_session', value: person.token, domain: hostname, path: '/' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${address}/#${place}`);
  await page.getByRole('navigation').waitFor();
  return { chromium, page };
}
