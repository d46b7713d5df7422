import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

export interface TestBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

const ROOT = join(__dirname, '..', '..');
const BIN = join(dirname(require.resolve('@sparticuz/chromium')), '..', 'bin');
const UNPACK = `
  const { default: packaged, inflate } = await import('@sparticuz/chromium');
  await inflate(process.argv[1]);
  await packaged.executablePath();`;

/**
 * The package unpacks into the folder for temporary files and takes whatever lies there for whole, also what another process is
 * still writing. So a process of its own unpacks (some 2 s) into a folder of its own, and that is renamed when it is complete:
 * there is one for a run of the tests, or none. Two that begin at once both unpack; the first to end is used.
 */
async function unpacked(): Promise<string> {
  const { version } = jest.requireActual<{ readonly version: string }>(join(BIN, '..', 'package.json'));
  const folder = join(tmpdir(), `clepsydra-chromium-${version}`);
  if (existsSync(folder)) return folder;
  const own = mkdtempSync(join(tmpdir(), 'clepsydra-unpacking-'));
  try {
    const env = { ...process.env, TMPDIR: own };
    const libraries = join(BIN, 'al2023.tar.br');
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK, libraries], { cwd: ROOT, env });
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Headless Chromium out of an npm package, with its own copies of the system libraries, so that a machine with Node alone runs it. */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = await unpacked();
  const { default: packaged } = await import('@sparticuz/chromium');
  const browser = await chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: packaged.args,
    headless: true,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  });
  return { browser, close: () => browser.close() };
}
