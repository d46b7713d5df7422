import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../console/src/texts/en';
import { fill, isPlural, pluralIn } from '../../console/src/texts/forms';
import { fr } from '../../console/src/texts/fr';

const SOURCES = join(__dirname, '..', '..', 'console', 'src');

/** Every sentence by its path, `clock.minutesLeft.one`. */
function leaves(texts: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]): [string, string][] => {
      const at = path === '' ? key : `${path}.${key}`;
      return typeof value === 'object' ? [...leaves(value as object, at)] : [[at, String(value)]];
    }),
  );
}

/** Places to fill in, `{count}`, in any order. */
const places = (text: string): string => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted().join(); // prettier-ignore

/** What the sources read: `t.board.title`, `t.words.states[…]`, `const { columns } = t.refer`, `texts.quality` of the hash page. */
function readPaths(): ReadonlySet<string> {
  const files = globSync('**/*.{ts,tsx}', { cwd: SOURCES }).filter((file) => !file.startsWith('texts'));
  const sources = files.map((file) => readFileSync(join(SOURCES, file), 'utf8'));
  const read = new Set<string>();
  for (const source of sources) {
    const plain = source.replace(/\s*\n\s*\./g, '.');
    for (const [, path] of plain.matchAll(/\bt\.([a-zA-Z_.]+)/g)) read.add(path ?? '');
    for (const [, names, path] of plain.matchAll(/const \{([^}]+)\} = t\.([a-zA-Z.]+)/g)) {
      const all = (names ?? '').split(',').map((name) => name.trim());
      for (const name of all) {
        for (const [, rest] of plain.matchAll(new RegExp(`\\b${name}\\.([a-zA-Z]+)`, 'g')))
          read.add(`${path}.${name}.${rest}`);
      }
    }
    if (plain.includes("from './texts/hash-page'")) {
      for (const [, path] of plain.matchAll(/\btexts\.([a-zA-Z.]+)/g)) read.add(`hashPage.${path}`);
    }
  }
  return read;
}

/** Groups that are looked up by a value: `t.words.states[state]`. */
const LOOKED_UP = /^(words\.\w+|refer\.(faults|broad|fileState)|obstacle|order\.(bars|grounds|findings|disseminations|authorityTypes|signOffs|units|offenceWords)|notice\.(actions|steps|late)|clock\.(levels|minutesLeft|secondsLeft|minutesOver)|hashPage\.(states|actions))$/; // prettier-ignore

describe('the texts of the console', () => {
  const english = leaves(en);
  const french = leaves(fr);

  it('has every sentence in both languages, none of them empty', () => {
    expect([...french.keys()]).toEqual([...english.keys()]);
    expect([...english, ...french].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('fills the same places in both languages', () => {
    const differing = [...english].filter(([path, text]) => places(text) !== places(french.get(path) ?? ''));
    expect(differing).toEqual([]);
  });

  it('has no sentence that no screen shows', () => {
    const read = readPaths();
    const isRead = (path: string): boolean => {
      const parts = path.split('.');
      return parts.some((_, i) => {
        const above = parts.slice(0, i + 1).join('.');
        if (above === path) return read.has(path);
        const isForms = (path.endsWith('.one') || path.endsWith('.other')) && i === parts.length - 2;
        return (isForms || LOOKED_UP.test(above)) && (read.has(above) || above.startsWith('clock.'));
      });
    };
    expect([...english.keys()].filter((path) => !isRead(path))).toEqual([]);
  });

  it('shows no words that stand in the sources and not here', () => {
    const files = globSync('**/*.tsx', { cwd: SOURCES });
    const spoken = files.flatMap(
      (file) =>
      [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/(?:label|title|placeholder|aria-label|alt)="([^"]+)"/g)]
        .map(([, text]) => `${file}: ${text}`)
        .concat([...readFileSync(join(SOURCES, file), 'utf8').matchAll(/^\s+([A-Z][a-z]+(?: [a-z]+)+)\s*$/gm)].map(([, text]) => `${file}: ${text}`)), // prettier-ignore
    );
    expect(spoken).toEqual([]);
  });

  it('counts as each language does: nought is plural in English and singular in French', () => {
    const [inEnglish, inFrench] = [pluralIn('en'), pluralIn('fr')];
    const forms = [en.refer.lines, fr.refer.lines] as const;
    expect([0, 1, 2].map((n) => inEnglish(forms[0], n))).toEqual(['0 addresses', '1 address', '2 addresses']);
    expect([0, 1, 2].map((n) => inFrench(forms[1], n))).toEqual(['0 adresse', '1 adresse', '2 adresses']);
    expect(inFrench(forms[1], 1200)).toMatch(/^1\s200 adresses$/);
  });

  it('leaves a place that nobody fills as it stands, so that it is seen', () => {
    expect(fill('{a} and {b}', { a: 'x' })).toBe('x and {b}');
    expect(isPlural(en.refer.lines)).toBe(true);
    expect(isPlural(en.clock.levels)).toBe(false);
  });

  it('calls the clock of a referral a target in both languages, and never a deadline', () => {
    for (const texts of [en, fr]) {
      expect(texts.clock.target).not.toMatch(/deadline|délai/i);
      expect(texts.clock.levels.targetOver).not.toMatch(/deadline|délai/i);
    }
  });
});
