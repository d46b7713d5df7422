import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';

/** From the top down: a folder imports from those below it, and from nothing above or beside it. ARCHITECTURE.md draws it. */
const LAYERS = [
  [
    'main',
    'worker',
    'cli',
    'service',
    'openapi',
    'openapi-common',
    'background',
    'app',
    'app.module',
    'data-source',
    'commands',
  ],
  ['transparency'],
  ['incidents'],
  ['deliveries'],
  ['notices'],
  ['cases'],
  ['evidence', 'signals'],
  ['accounts'],
  ['ledger'],
  ['infra'],
  ['perceptual'],
  ['domain'],
] as const;

const root = resolve(__dirname, '../..');
const levelOf = (folder: string): number => LAYERS.findIndex((layer) => (layer as readonly string[]).includes(folder));
const IMPORT =
  /(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|import\('([^']+)'\)|import\s+'([^']+)'|require\('([^']+)'\)/g;

interface Import {
  readonly from: string;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(IMPORT)].map((match) => ({
    from: file,
    target: match[1] ?? match[2] ?? match[3] ?? match[4] ?? '',
  }));
}

const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((file) => !/\.spec\.tsx?$/.test(file));
const folderOf = (path: string): string => path.split('/')[1]?.replace(/\.tsx?$/, '') ?? '';
const resolveTarget = ({ from, target }: Import): string =>
  normalize(relative(root, resolve(root, dirname(from), target)));

describe('the house', () => {
  const imports = sources.flatMap(importsOf);

  it('has no folder that is not on the list', () => {
    expect(sources.map(folderOf).filter((folder) => levelOf(folder) < 0)).toEqual([]);
  });

  it('imports downwards only, and never from a neighbour on the same floor', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map((found) => ({ found, target: resolveTarget(found) }))
      .filter(({ target }) => target.startsWith('src/'))
      .filter(({ found, target }) => {
        const [from, to] = [folderOf(found.from), folderOf(target)];
        if (from === to) return false;
        return levelOf(from) === 0 && levelOf(to) === 0 ? false : levelOf(from) >= levelOf(to);
      })
      .map(({ found, target }) => `${found.from} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('keeps domain and perceptual pure: no framework, no Node, so that they run in a browser', () => {
    const allowed = ['canonicalize'];
    const wrong = imports
      .filter(({ from }) => from.startsWith('src/domain/') || from.startsWith('src/perceptual/'))
      .filter(
        ({ target }) => !target.startsWith('.') && !target.startsWith('@noble/hashes') && !allowed.includes(target),
      )
      .map(({ from, target }) => `${from} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('keeps waiting and clocks out of the rules', () => {
    const wrong = sources
      .filter((file) => file.startsWith('src/domain/') || file.startsWith('src/perceptual/'))
      .filter((file) =>
        /\bawait\b|Date\.now\(|new Date\(\)|performance\.now/.test(
          readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('lets no migration import from src, because a migration is final', () => {
    const wrong = globSync('migrations/**/*.ts', { cwd: root })
      .flatMap(importsOf)
      .filter(({ target }) => target.includes('src/'));
    expect(wrong).toEqual([]);
  });

  it('makes no number of a query with Number, for which nothing is 0', () => {
    const wrong = sources.filter((file) => /@Type\(\(\) => Number\)/.test(readFileSync(join(root, file), 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('says in words what shape a value must have, and not as a regular expression', () => {
    const wrong = sources.filter((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\bMatches\((?!\))[\s\S]*?\)(?:;|\n\s*\w+[!?]?:)/g)].some(
        ([use]) => !use.includes('message:'),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const wrong = sources.filter(
      (file) => file !== 'src/infra/config.ts' && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches out through the checked connector alone', () => {
    // `something.fetch(…)` is a method of ours; a bare fetch, undici, net, tls or a request of node:http would be a way around.
    const ways = [
      /(?<![.#\w])fetch\(/,
      /from 'undici'/,
      /from 'node:(net|tls|http2|dgram)'/,
      /\brequest\b[^;]*from 'node:https?'/,
    ];
    // The watched client asks the one database of the settings whether it lives; mail goes to the one relay of the settings.
    const ours = /^src\/infra\/(egress\/|embedded\/|database\/watched-client|mail\/mail-out)/;
    const outside = sources.filter((file) => !ours.test(file));
    const wrong = outside.filter((file) => ways.some((way) => way.test(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).toEqual([]);
  });
});
