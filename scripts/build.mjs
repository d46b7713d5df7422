// Compiles what changed since the last build, and nothing else: WebAssembly text with wabt, src, migrations and seeds with swc into dist/, the
// SDK with esbuild, the console with vite. Nothing to do costs about 0.1 s. Types are checked by `npm run check`.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { assemble } from './wasm.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, '.build.json');
const SOURCES = ['src', 'migrations', 'seeds'];
const SDK_ENTRIES = [
  'sdk/src/index.ts',
  'sdk/src/cli.ts',
  // By itself, also in a browser; and what each thread of `clepsydra scan` runs.
  'sdk/src/perceptual.ts',
  'sdk/src/offline/hash-worker.ts',
];
const CONSOLE_INPUTS = ['console', 'src/domain', 'src/perceptual', 'docs/openapi.json', 'package-lock.json'];
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist']);

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** Every file below `relative`, as path -> "mtime size". */
function walk(relative, found = new Map()) {
  const absolute = path.join(root, relative);
  const stat = fs.statSync(absolute, { throwIfNoEntry: false });
  if (!stat) return found;
  if (!stat.isDirectory()) return found.set(relative, `${stat.mtimeMs} ${stat.size}`);
  for (const entry of fs.readdirSync(absolute)) {
    if (!SKIPPED_FOLDERS.has(entry)) walk(`${relative}/${entry}`, found);
  }
  return found;
}

const isSpec = (file) => /\.spec\.tsx?$/.test(file);
const isTypeScript = (file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts');
const isAsset = (file) => !/\.(tsx?|md|wat)$/.test(file);
const outputOf = (file) => (isTypeScript(file) ? file.replace(/\.tsx?$/, '.js') : file);

function serverSources() {
  const all = new Map();
  for (const folder of SOURCES) walk(folder, all);
  return new Map([...all].filter(([file]) => !isSpec(file) && (isTypeScript(file) || isAsset(file))));
}

/** What else decides the output: a change here compiles everything again. */
function toolsKey() {
  const parts = ['.swcrc', 'package-lock.json', 'scripts/build.mjs'].map((file) =>
    fs.readFileSync(path.join(root, file)),
  );
  return sha256(Buffer.concat([...parts, Buffer.from(process.version)]));
}

function readStamp(tools) {
  try {
    const stamp = JSON.parse(fs.readFileSync(stampFile, 'utf8'));
    if (stamp.tools === tools) return stamp;
  } catch {
    // No stamp, or one cut short by a kill: compile everything.
  }
  return { tools, files: {}, sdk: null, console: null };
}

function write(file, content) {
  const target = path.join(dist, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // Renamed into place, so that a process starting meanwhile never reads half a file.
  fs.writeFileSync(`${target}.new`, content);
  fs.renameSync(`${target}.new`, target);
}

async function compile(file, source) {
  if (!isTypeScript(file)) return write(file, source);
  const { transform } = await import('@swc/core');
  const output = outputOf(file);
  const { code, map } = await transform(source.toString('utf8'), {
    cwd: root,
    filename: path.join(root, file),
    sourceFileName: path.relative(path.dirname(path.join(dist, output)), path.join(root, file)),
    sourceMaps: true,
  });
  write(`${output}.map`, map);
  write(output, `${code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
}

function removeStale(sources) {
  const wanted = new Set(['.build.json']);
  for (const file of sources.keys()) {
    wanted.add(outputOf(file));
    if (isTypeScript(file)) wanted.add(`${outputOf(file)}.map`);
  }
  let removed = 0;
  const sweep = (folder) => {
    for (const entry of fs.readdirSync(path.join(dist, folder), { withFileTypes: true })) {
      const file = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) sweep(file);
      else if (!wanted.has(file)) {
        fs.rmSync(path.join(dist, file), { force: true });
        removed += 1;
      }
    }
    if (folder && fs.readdirSync(path.join(dist, folder)).length === 0) fs.rmdirSync(path.join(dist, folder));
  };
  if (fs.existsSync(dist)) sweep('');
  return removed;
}

async function buildServer(stamp) {
  const sources = serverSources();
  const changed = [];
  for (const [file, seen] of sources) {
    const before = stamp.files[file];
    const exists = fs.existsSync(path.join(dist, outputOf(file)));
    if (exists && before?.seen === seen) continue;
    const source = fs.readFileSync(path.join(root, file));
    const hash = sha256(source);
    if (!exists || before?.hash !== hash) changed.push([file, source]);
    stamp.files[file] = { seen, hash };
  }
  const results = await Promise.allSettled(changed.map(([file, source]) => compile(file, source)));
  const failures = [];
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    const [file] = changed[index];
    delete stamp.files[file];
    failures.push(`${file}: ${result.reason.message ?? result.reason}`);
  }
  for (const file of Object.keys(stamp.files)) if (!sources.has(file)) delete stamp.files[file];
  const removed = removeStale(sources);
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
  return changed.length + removed;
}

const keyOf = (files) => sha256(JSON.stringify(Object.fromEntries(files)));
const seenNow = (inputs) => inputs.flatMap((input) => [...walk(input)]);

async function buildSdk(stamp) {
  const entries = SDK_ENTRIES.filter((file) => fs.existsSync(path.join(root, file)));
  if (entries.length === 0) return 0;
  const built = entries.every((file) => fs.existsSync(path.join(root, 'sdk', 'dist', path.basename(outputOf(file)))));
  if (built && stamp.sdk && stamp.sdk.key === keyOf(seenNow([...entries, ...stamp.sdk.inputs]))) return 0;
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'sdk/dist',
    entryNames: '[name]',
    // An optional peer of the SDK, looked for when a picture is to be decoded.
    external: ['sharp'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'silent',
  });
  const outputs = new Set(Object.keys(metafile.outputs).map((file) => path.resolve(root, file)));
  for (const name of fs.readdirSync(path.join(root, 'sdk', 'dist'))) {
    const file = path.join(root, 'sdk', 'dist', name);
    if (!outputs.has(file)) fs.rmSync(file, { recursive: true, force: true });
  }
  const inputs = Object.keys(metafile.inputs).filter(
    (file) => !file.includes('node_modules') && !entries.includes(file),
  );
  stamp.sdk = { inputs, key: keyOf(seenNow([...entries, ...inputs])) };
  return entries.length;
}

async function buildConsole(stamp) {
  if (!fs.existsSync(path.join(root, 'console', 'src'))) return 0;
  const key = keyOf(seenNow(CONSOLE_INPUTS));
  const isThere = (page) => fs.existsSync(path.join(root, 'console', 'dist', page));
  if (stamp.console === key && isThere('index.html') && isThere('hash.html')) return 0;
  const vite = createRequire(path.join(root, 'console', 'package.json')).resolve('vite');
  const { build: viteBuild } = await import(pathToFileURL(vite).href);
  await viteBuild({ root: path.join(root, 'console'), logLevel: 'warn' });
  await buildHashPage();
  stamp.console = key;
  return 2;
}

/**
 * One file with everything in it, WebAssembly included, that can be saved and opened from a disk. Its policy names its own
 * script and style by digest and is also in the page, where the service reads it (src/infra/http/static.ts).
 */
async function buildHashPage() {
  const esbuild = await import('esbuild');
  const bundle = async (entry, more) => {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [entry],
      write: false,
      bundle: true,
      minify: true,
      target: 'es2022',
      logLevel: 'silent',
      ...more,
    });
    return outputFiles[0].text.trim();
  };
  const script = (await bundle('console/src/hash-page.ts', { format: 'esm' })).replaceAll('</script', '<\\/script');
  const style = await bundle('console/src/hash-page.css');
  const digestOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${digestOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const template = fs.readFileSync(path.join(root, 'console', 'hash-page.html'), 'utf8');
  const parts = {
    '%POLICY%': policy,
    '<!-- %STYLE% -->': `<style>${style}</style>`,
    '<!-- %SCRIPT% -->': `<script type="module">${script}</script>`,
  };
  const page = template.replace(/%POLICY%|<!-- %[A-Z]+% -->/g, (found) => parts[found]);
  fs.writeFileSync(path.join(root, 'console', 'dist', 'hash.html'), page);
}

/** Builds what is stale. Resolves to the number of things made; throws one error with every fault found. */
export async function build() {
  const tools = toolsKey();
  const before = fs.existsSync(stampFile) ? fs.readFileSync(stampFile, 'utf8') : '';
  const stamp = readStamp(tools);
  const made = [];
  const faults = [];
  // WebAssembly first, because the server, the SDK and the console all import what it makes.
  for (const part of [() => assemble(root), buildServer, buildSdk, buildConsole]) {
    try {
      made.push(await part(stamp));
    } catch (error) {
      faults.push(error.message);
    }
  }
  const after = JSON.stringify(stamp);
  if (after !== before) write('.build.json', after);
  if (faults.length > 0) throw new Error(faults.join('\n\n'));
  return made.reduce((sum, count) => sum + count, 0);
}

async function main() {
  process.chdir(root);
  const tell = () => process.stderr.write('Waiting for another build in this folder …\n');
  const started = performance.now();
  const made = await withLock(path.join(root, 'node_modules', '.clepsydra-build.lock'), build, tell);
  if (made > 0) process.stderr.write(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    process.stderr.write(`The build failed.\n\n${error.message}\n`);
    process.exitCode = 1;
  });
}
