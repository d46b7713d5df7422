import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runCli } from './testing-run';

describe('clepsydra --version', () => {
  const { version } = JSON.parse(readFileSync(path.resolve(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };

  it('answers the version of the package alone, or as a document', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(JSON.parse((await runCli(['--version', '--json'])).out)).toEqual({ version });
  });
});
