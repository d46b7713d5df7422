// `npm start`, `npm test` and `npm run dev` begin here, on whatever Node the machine has (>= 20.19) and with nothing
// installed. The shell that runs an npm script remembers where it found `node`, so this file itself starts the
// build with the Node 24 it has just installed; the next npm script then finds that one on its PATH.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.clepsydra-stamp');
const node24 = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

class Refusal extends Error {}

function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Refusal(
    `Node ${process.versions.node} is too old: install Node 20.19 or newer (24 is best) and try again.`,
  );
}

function wantedStamp() {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isFresh() {
  try {
    return fs.readFileSync(stampFile, 'utf8') === wantedStamp() && fs.existsSync(node24);
  } catch (error) {
    if (error.code === 'ENOENT' && error.path === stampFile) return false;
    throw error;
  }
}

/** Runs a command; its standard output goes to our standard error, so that scripts can read what the application prints. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: signal ? 130 : code, output }));
  });
}

function npmCommand() {
  const outer = process.env.npm_execpath;
  if (outer && path.basename(outer) === 'npm-cli.js' && fs.existsSync(outer)) return [process.execPath, [outer]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR/;

function explainInstall(output) {
  const where = /path (\S+)/.exec(output)?.[1] ?? modules;
  if (/ENOSPC/.test(output)) return `The disk is full: the packages could not be written to ${modules}.`;
  if (/EACCES|EPERM|EROFS/.test(output)) return `Cannot write ${where}: make this folder writable and try again.`;
  if (NO_NETWORK.test(output)) {
    return 'No network: the packages could not be fetched. Connect (or set a registry npm can reach) and try again.';
  }
  return `npm install failed:\n${output.trim().split('\n').slice(-15).join('\n')}`;
}

async function npm(args) {
  const [command, first] = npmCommand();
  return run(command, [...first, ...args]).catch((error) => {
    if (error.code === 'ENOENT')
      throw new Refusal('npm was not found: install npm (it comes with Node) and try again.');
    throw error;
  });
}

async function install() {
  process.stderr.write('Installing what is missing (the first time: about half a minute) …\n');
  // Without a network `npm install` tries every optional package in turn, for most of an hour. Any answer will do here.
  const ping = await npm(['ping', '--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-timeout=20000']);
  if (ping.code !== 0 && NO_NETWORK.test(ping.output)) throw new Refusal(explainInstall(ping.output));
  // `npm ci` refuses a lock in which a registry left out other platforms' optional packages; `install --no-save`
  // installs from the same lock and leaves it as it is. The build tools are dev dependencies whatever NODE_ENV says.
  const kinds = ['--include=dev', '--include=optional'];
  const { code, output } = await npm(['install', '--no-save', ...kinds, '--loglevel=error', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Refusal(explainInstall(output));
  if (!fs.existsSync(node24)) await fetchNode();
  fs.writeFileSync(stampFile, wantedStamp());
}

/** The `node` package fetches its binary in an install script, which a machine may have switched off. */
async function fetchNode() {
  const folder = path.join(modules, 'node');
  const { code, output } = await run(process.execPath, ['installArchSpecificPackage'], { cwd: folder });
  if (code !== 0 || !fs.existsSync(node24)) throw new Refusal(explainInstall(output));
}

function build() {
  return new Promise((resolve, reject) => {
    const script = path.join(root, 'scripts', 'build.mjs');
    const child = spawn(node24, [script], { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ? 130 : code));
  });
}

async function prepare() {
  checkNodeVersion();
  if (!isFresh()) {
    const lock = path.join(modules, '.clepsydra-install.lock');
    const tell = () => process.stderr.write('Waiting for another install in this folder …\n');
    await withLock(lock, async () => (isFresh() ? undefined : install()), tell);
  }
  process.exitCode = await build();
}

function explain(error) {
  if (error instanceof Refusal) return error.message;
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) {
    return `Cannot write ${error.path ?? root}: make this folder writable and try again.`;
  }
  if (error.code === 'ENOSPC') return `The disk is full: ${error.path ?? root} could not be written.`;
  if (error.code === 'ENOENT') return `${error.path ?? 'A file'} is missing: this is not a whole copy of the project.`;
  return error.stack;
}

prepare().catch((error) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
