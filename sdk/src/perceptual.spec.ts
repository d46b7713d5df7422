import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scenePixels } from '../../seeds/scenes';
import { blockhash } from '../../src/perceptual/blockhash';
import { pdqHash } from '../../src/perceptual/pdq';

const SDK = path.resolve(__dirname, '..');

describe('@clepsydra/sdk/perceptual, as it is published', () => {
  let folder: string;
  let installed: string;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-published-'));
    installed = path.join(folder, 'node_modules', '@clepsydra', 'sdk');
    fs.mkdirSync(installed, { recursive: true });
    fs.copyFileSync(path.join(SDK, 'package.json'), path.join(installed, 'package.json'));
    fs.cpSync(path.join(SDK, 'dist'), path.join(installed, 'dist'), { recursive: true });
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('needs nothing: no Node, no package, no other file', () => {
    const code = fs.readFileSync(path.join(SDK, 'dist', 'perceptual.js'), 'utf8');
    const imports = code.match(/^\s*import\b.*|\bimport\s*\(|\brequire\s*\(|\bnode:[a-z]+/gm);
    expect(imports).toBeNull();
    expect(code).not.toMatch(/\b(process|Buffer)\.[a-z]/);
  });

  it('hashes and searches in Node by itself, equal to the sources', () => {
    const { data, width, height, channels } = scenePixels(5, { width: 90, height: 70 });
    const pixels = { data, width, height, channels };
    fs.writeFileSync(path.join(folder, 'pixels'), data);
    fs.writeFileSync(
      path.join(folder, 'use.mjs'),
      `import fs from 'node:fs';
       import { blockhash, createHammingIndex, hammingDistance, pdqDihedral, pdqHash } from '@clepsydra/sdk/perceptual';
       const pixels = { data: new Uint8Array(fs.readFileSync('pixels')), width: ${width}, height: ${height}, channels: ${channels} };
       const { hash } = pdqHash(pixels);
       const index = createHammingIndex();
       index.insert(7, hash);
       console.log(JSON.stringify({ pdq: pdqHash(pixels), blockhash: blockhash(pixels), found: index.query(hash, 31),
         turns: Object.keys(pdqDihedral(pixels).hashes).length, apart: hammingDistance(hash, '0'.repeat(64)) }));`,
    );
    const printed: unknown = JSON.parse(execFileSync(process.execPath, ['use.mjs'], { cwd: folder, encoding: 'utf8' }));
    const expected = { pdq: pdqHash(pixels), blockhash: blockhash(pixels), found: [{ id: 7, distance: 0 }], turns: 8 };
    expect(printed).toEqual({ ...expected, apart: expect.any(Number) });
  });

  it.each([
    ['a bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ])('type-checks for a consumer that resolves as %s does', (_, resolution) => {
    const types = path.join(installed, 'dist', 'types');
    if (!fs.existsSync(types))
      execFileSync(process.execPath, [path.resolve(SDK, '../scripts/sdk-types.mjs'), types, 'perceptual']);
    fs.writeFileSync(
      path.join(folder, 'use.mts'),
      `import { createHammingIndex, pdqHash, type PdqHash } from '@clepsydra/sdk/perceptual';
       const { hash, quality }: PdqHash = pdqHash({ data: new Uint8Array(48), width: 4, height: 4, channels: 3 });
       const near: { id: number; distance: number }[] = createHammingIndex().query(hash, quality);
       // @ts-expect-error: what does not fit is an error, so the types were really found
       const wrong: string = near;`,
    );
    const options = { strict: true, noEmit: true, target: 'es2022', lib: ['es2023'], types: [], ...resolution };
    fs.writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['use.mts'] }),
    );
    const tsc = require.resolve('typescript/bin/tsc', { paths: [SDK] });
    const run = (): string => execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(run()).toBe('');
  });
});
