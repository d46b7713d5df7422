// WebAssembly text to TypeScript: src/perceptual/x.wat is assembled by wabt into src/perceptual/x.wasm.ts, which exports
// the module's bytes as base64, so that the server, jest, the SDK's bundle and a browser load it in the same way and
// nobody fetches a file. The outputs are not committed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const FOLDER = 'src/perceptual';
// An unfinished proposal is not asked for: SIMD and threads run in every browser and Node that we support.
const FEATURES = { simd: true, threads: true, bulk_memory: true, sign_extension: true, mutable_globals: true };

/** `hamming.wat` exports `HAMMING_WASM`. */
const constantOf = (name) => `${name.replace(/[^a-z0-9]+/gi, '_').toUpperCase()}_WASM`;

/** Assembles what is stale below `root`; resolves to the number of modules made. @throws Error with wabt's own message. */
export async function assemble(root) {
  const folder = path.join(root, FOLDER);
  const names = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.wat'))
    .map((file) => file.slice(0, -'.wat'.length));
  for (const file of fs.readdirSync(folder)) {
    if (file.endsWith('.wasm.ts') && !names.includes(file.slice(0, -'.wasm.ts'.length))) {
      fs.rmSync(path.join(folder, file));
    }
  }
  let wabt;
  let made = 0;
  for (const name of names) {
    const source = fs.readFileSync(path.join(folder, `${name}.wat`));
    const head = `// Assembled from ${name}.wat (SHA-256 ${createHash('sha256').update(source).digest('hex')}); see scripts/wasm.mjs.\n`;
    const target = path.join(folder, `${name}.wasm.ts`);
    if (fs.existsSync(target) && fs.readFileSync(target, 'utf8').startsWith(head)) continue;
    wabt ??= await (await import('wabt')).default();
    const module = wabt.parseWat(`${FOLDER}/${name}.wat`, source.toString('utf8'), FEATURES);
    module.validate(FEATURES);
    const bytes = Buffer.from(module.toBinary({ write_debug_names: false }).buffer);
    module.destroy();
    fs.writeFileSync(`${target}.new`, `${head}export const ${constantOf(name)} =\n  '${bytes.toString('base64')}';\n`);
    fs.renameSync(`${target}.new`, target);
    made += 1;
  }
  return made;
}
