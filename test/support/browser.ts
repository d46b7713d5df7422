import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

export interface TestBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

const TRIES = 5;

/** A process that forked while the file was being unpacked holds it open for a moment: a busy text file (ETXTBSY) is tried again. */
async function launch(options: LaunchOptions, tries = TRIES): Promise<Browser> {
  try {
    return await chromium.launch(options);
  } catch (error) {
    if (tries <= 1 || !String(error).includes('ETXTBSY')) throw error;
    await sleep(100);
    return launch(options, tries - 1);
  }
}

/**
 * Headless Chromium out of an npm package, with its own copies of the system libraries, so that a machine with Node alone
 * runs it. Unpacked afresh (some 2 s): what a killed run left half unpacked would be taken for whole.
 */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'clepsydra-chromium-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const before = { ...process.env };
  process.env.TMPDIR = folder;
  try {
    const { default: packaged, inflate, setupLambdaEnvironment } = await import('@sparticuz/chromium');
    const bin = join(require.resolve('@sparticuz/chromium'), '..', '..', 'bin');
    const libraries = await inflate(join(bin, 'al2023.tar.br'));
    setupLambdaEnvironment(join(libraries, 'lib'));
    const executablePath = await packaged.executablePath();
    const browser = await launch({
      executablePath,
      args: packaged.args,
      headless: true,
      env: { ...process.env },
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  } finally {
    for (const name of ['TMPDIR', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
