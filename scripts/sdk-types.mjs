// The SDK's declarations as they are published: node scripts/sdk-types.mjs [folder, sdk/dist/types unless named] [entry …, all
// unless named]. Within the repository the sources serve; a package has no sources, and Node's resolution wants the endings
// that they leave out.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sdk = path.join(root, 'sdk');
const [folder = path.join(sdk, 'dist', 'types'), ...named] = process.argv.slice(2);
const entries = named.length > 0 ? named : ['index', 'perceptual'];
const outDir = path.resolve(folder);

const ts = createRequire(path.join(sdk, 'package.json'))('typescript');
const configFile = path.join(sdk, 'tsconfig.json');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(configFile, ts.sys.readFile).config, ts.sys, sdk);
const program = ts.createProgram(
  entries.map((entry) => path.join(sdk, 'src', `${entry}.ts`)),
  { ...options, types: ['node'], rootDir: root, outDir, noEmit: false, declaration: true, emitDeclarationOnly: true },
);
const { diagnostics } = program.emit();
const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
if (faults.length > 0) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  process.stderr.write(ts.formatDiagnostics(faults, host));
  process.exit(1);
}

const RELATIVE = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]+?)(?:\.js)?(['"])/g;
for (const entry of fs.readdirSync(outDir, { recursive: true })) {
  if (!entry.endsWith('.d.ts')) continue;
  const file = path.join(outDir, entry);
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(RELATIVE, '$1$2.js$3'));
}
