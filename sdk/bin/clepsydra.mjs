#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cli = path.join(packageFolder, 'dist', 'cli.js');

if (!existsSync(cli)) {
  process.stderr.write('clepsydra is not built yet. In the folder of the project, run: node scripts/prepare.mjs\n');
  process.exit(2);
}

const interrupted = new AbortController();
// What follows a stream ends by itself; anything else is left where it is. A second Ctrl-C ends the process at once.
const interrupt = () => {
  interrupted.abort();
  setTimeout(() => process.exit(130), 200).unref();
};
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { main } = await import('../dist/cli.js');
process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  packageFolder,
  interrupted: interrupted.signal,
});
