import { readFileSync } from 'node:fs';
import path from 'node:path';

/** npm packages whose code is in a bundle, by its source map. */
function packagesIn(bundle: string): string[] {
  const map: { sources: string[] } = JSON.parse(readFileSync(path.resolve(__dirname, '../dist', `${bundle}.js.map`), 'utf8')); // prettier-ignore
  const names = map.sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

describe('what is built of the SDK', () => {
  it.each([
    ['index', ['@noble/hashes', 'canonicalize', 'openapi-fetch']],
    ['cli', ['@noble/hashes', 'canonicalize', 'openapi-fetch']],
    ['hash-worker', ['@noble/hashes']],
    ['perceptual', ['@noble/hashes']],
  ])('has no more of npm in it than it needs, whatever of the server it calls: %s', (bundle, packages) => {
    expect(packagesIn(bundle)).toEqual(packages);
  });
});
