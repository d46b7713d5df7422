import { spawn } from 'node:child_process';
import path from 'node:path';

const CLI = path.resolve(__dirname, '../../bin/clepsydra.mjs');

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The built program in a process of its own. For specs only: it is in no bundle. */
export function runCli(
  args: readonly string[],
  { env = {}, stdin, cwd }: { env?: object; stdin?: Uint8Array; cwd?: string } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...env }, cwd });
  const read = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (read.out += String(chunk)));
  child.stderr.on('data', (chunk) => (read.err += String(chunk)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? '');
  return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, ...read })));
}
