import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildService } from '../support/service';

const ROOT = join(__dirname, '..', '..');
const SMALL = ['--clocks', '400', '--marks', '200', '--obstacles', '15', '--seconds', '8', '--kill-every', '2'];

interface Report {
  readonly owed: number;
  readonly restarted: number;
  readonly kills: number;
  readonly missed: number;
  readonly doubled: number;
  readonly unowed: number;
}

describe('workers that are killed while clocks run', () => {
  it('miss no mark, write none twice and none of a clock that was halted before: the chaos of `npm run chaos`, small', async () => {
    buildService();
    const args = [join(ROOT, 'test/chaos/run.mjs'), ...SMALL, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ missed: 0, doubled: 0, unowed: 0, restarted: 15 });
    expect(report.owed).toBeGreaterThanOrEqual(215);
    expect(report.kills).toBeGreaterThan(0);
  }, 240_000);
});
