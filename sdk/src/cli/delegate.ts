import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from './exit';

interface Installation {
  readonly node: string;
  readonly cli: string;
  readonly folder: string;
}

/** The installation that this package lies in, if it is one: its operator's commands need its data and secrets. */
export function installationOf(packageFolder: string): Installation | null {
  const folder = path.dirname(fs.realpathSync(packageFolder));
  const cli = path.join(folder, 'dist', 'src', 'cli.js');
  if (!fs.existsSync(cli)) return null;
  // The service runs on the Node that is pinned beside it, whatever runs this.
  const pinned = path.join(folder, 'node_modules', 'node', 'bin', 'node');
  return { node: fs.existsSync(pinned) ? pinned : process.execPath, cli, folder };
}

/** Runs an operator's command of the installation, in its folder, and hands on its exit code. */
export function delegate(packageFolder: string, args: readonly string[]): Promise<number> {
  const installation = installationOf(packageFolder);
  if (!installation) {
    throw new UsageError(
      `\`${args[0] ?? ''}\` is for the operator: run it in the folder of an installation that was started or built once (npx clepsydra ${args[0] ?? ''})`,
    );
  }
  const { node, cli, folder } = installation;
  const child = spawn(node, ['--enable-source-maps', cli, ...args], { cwd: folder, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
