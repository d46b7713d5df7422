import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

export interface TestBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
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
    const browser = await chromium.launch({
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
