import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VERBS } from '../cli';
import { EXIT_MEANINGS } from './exit';

describe('what the README says of the command', () => {
  const readme = readFileSync(path.resolve(__dirname, '../../README.md'), 'utf8');
  const commands = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## Exit codes'));

  it('names every command there is', () => {
    const named = new Set([...commands.matchAll(/`([a-z-]+)[ `]/g)].map(([, name]) => name));
    expect(VERBS.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });

  it('gives every exit code the meaning that the help gives it', () => {
    for (const [code, meaning] of EXIT_MEANINGS) expect(readme).toContain(`| ${code} | ${meaning} |`);
  });
});
