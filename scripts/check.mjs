// `npm run check`: everything that reading the code can find. Runs every step and names all that failed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const typescriptOf = (workspace) => {
  const own = path.join(root, workspace, 'node_modules', 'typescript', 'bin', 'tsc');
  return fs.existsSync(own) ? own : path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
};
const typesOf = (workspace) => [
  `types (${workspace})`,
  [process.execPath, typescriptOf(workspace), '--noEmit', '-p', path.join(workspace, 'tsconfig.json')],
];

const steps = [
  ['format', [bin('prettier'), '--check', '--log-level=warn', '.']],
  ['lint', [bin('oxlint'), '--type-aware']],
  ['types', [process.execPath, typescriptOf('.'), '--noEmit', '-p', 'tsconfig.json']],
  ...['sdk', 'console'].filter((name) => fs.existsSync(path.join(root, name, 'tsconfig.json'))).map(typesOf),
  ['database', [process.execPath, '--enable-source-maps', 'dist/src/cli.js', 'db-check']],
  ['openapi', [process.execPath, '--enable-source-maps', 'dist/src/cli.js', 'openapi', '--check']],
  ['sdk types', ['npm', 'run', '--silent', 'types', '-w', 'sdk', '--', '--check']],
];

const failed = [];
for (const step of steps) {
  const name = String(step[0]);
  const [command, ...args] = step[1];
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) process.stderr.write(`${error.message}\n`);
  if (status !== 0) failed.push(name);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
}
process.stderr.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
