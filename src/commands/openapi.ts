import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const FILE = resolve('docs/openapi.json');

/**
 * Builds with nest-cli, whose swagger plugin reads the types of DTOs and answers, and lets the built application describe
 * itself without a database. `check` compares with the committed file instead of writing it.
 */
export function describeApi(check: boolean): string | undefined {
  const nest = resolve('node_modules/@nestjs/cli/bin/nest.js');
  const built = spawnSync(
    process.execPath,
    [nest, 'build', '--path', 'tsconfig.openapi.json', '--config', 'nest-cli.json'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (built.status !== 0) return 'nest build failed';
  const described = spawnSync(process.execPath, ['dist/openapi/src/openapi.js'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (described.status !== 0) return `the application could not describe itself: ${described.stderr}`;
  const committed = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  if (committed === described.stdout) return undefined;
  if (check) return 'docs/openapi.json is stale: run npm run openapi';
  writeFileSync(FILE, described.stdout);
  return undefined;
}
