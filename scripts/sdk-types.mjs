// The SDK's declarations as they are published, into sdk/dist/types or the folder that is named. Within the repository the
// sources serve; a package has no sources, and Node's resolution wants the endings that they leave out.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sdk = path.join(root, 'sdk');
const outDir = path.resolve(process.argv[2] ?? path.join(sdk, 'dist', 'types'));
const tsc = createRequire(path.join(sdk, 'package.json')).resolve('typescript/bin/tsc');

const args = ['-p', path.join(sdk, 'tsconfig.types.json'), '--outDir', outDir];
const { status } = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const RELATIVE = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]+?)(?:\.js)?(['"])/g;
for (const entry of fs.readdirSync(outDir, { recursive: true })) {
  if (!entry.endsWith('.d.ts')) continue;
  const file = path.join(outDir, entry);
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(RELATIVE, '$1$2.js$3'));
}
