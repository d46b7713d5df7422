import { SIGNAL_TYPES, type SignalType } from '../../../../domain/vocabulary';
import { HASH_KEY } from '../../taxii/stix';
import { asHash } from '../normal';
import type { SourceHash } from '../source';

const bare = (key: string): string => key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/** The keys that we write ourselves: others punctuate them in other ways. */
const TYPES: ReadonlyMap<string, SignalType> = new Map(SIGNAL_TYPES.map((type) => [bare(HASH_KEY[type]), type]));

const TOKENS =
  /\s+|(?<path>file:hashes\s*\.\s*(?:'(?:[^'\\]|\\.)*'|[A-Za-z0-9_-]+))|(?<text>'(?:[^'\\]|\\.)*')|(?<word>[A-Za-z]+)|(?<sign>[[\]()=,])/y;
/** A pattern of this many characters names some two hundred hashes; no honest indicator of one file is longer. */
const MOST_CHARACTERS = 32_768;
/** Parentheses within parentheses. */
const DEEPEST = 8;

interface Token {
  readonly kind: 'path' | 'text' | 'word' | 'sign';
  readonly text: string;
}

function tokensOf(pattern: string): Token[] | null {
  if (pattern.length > MOST_CHARACTERS) return null;
  const tokens: Token[] = [];
  const reader = new RegExp(TOKENS);
  while (reader.lastIndex < pattern.length) {
    const found = reader.exec(pattern);
    if (!found) return null;
    const { path, text, word, sign } = found.groups ?? {};
    if (path !== undefined) tokens.push({ kind: 'path', text: path });
    else if (text !== undefined) tokens.push({ kind: 'text', text });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toUpperCase() });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

/**
 * The hashes of a STIX pattern that is made of nothing but comparisons `file:hashes.X = '…'` or `IN (…)`, joined by AND or OR
 * within observations that are joined by OR: each of them then identifies the file by itself. Any other pattern (a NOT, a
 * file name beside the hash, FOLLOWEDBY) means less than its hashes do. Otherwise what is wrong, in words.
 */
export function readPattern(pattern: string): readonly SourceHash[] | string {
  const tokens = tokensOf(pattern);
  if (!tokens) return 'not a pattern of hash comparisons';
  const reader = new PatternReader(tokens);
  const hashes = reader.pattern();
  return hashes ?? reader.fault;
}

class PatternReader {
  fault = 'not a pattern of hash comparisons';
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  pattern(): SourceHash[] | null {
    const hashes = this.joined(['OR'], () => this.observation());
    return this.at === this.tokens.length ? hashes : null;
  }

  private observation(): SourceHash[] | null {
    if (!this.take('[')) return null;
    const hashes = this.joined(['AND', 'OR'], () => this.comparison());
    return this.take(']') ? hashes : null;
  }

  private comparison(depth = 0): SourceHash[] | null {
    if (depth > DEEPEST) return null;
    if (this.take('(')) {
      const hashes = this.joined(['AND', 'OR'], () => this.comparison(depth + 1));
      return this.take(')') ? hashes : null;
    }
    const path = this.next('path');
    if (path === null) return null;
    const values = this.take('=') ? this.one() : this.take('IN') ? this.several() : null;
    return values && this.hashesOf(path, values);
  }

  private one(): string[] | null {
    const text = this.next('text');
    return text === null ? null : [unquoted(text)];
  }

  private several(): string[] | null {
    if (!this.take('(')) return null;
    const values: string[] = [];
    do {
      const text = this.next('text');
      if (text === null) return null;
      values.push(unquoted(text));
    } while (this.take(','));
    return this.take(')') ? values : null;
  }

  private hashesOf(path: string, values: readonly string[]): SourceHash[] | null {
    const key = unquoted(path.slice(path.indexOf('.') + 1).trim());
    const type = TYPES.get(bare(key));
    if (!type) {
      this.fault = `the hash ${key.slice(0, 40)} is not known here`;
      return null;
    }
    const hashes: SourceHash[] = [];
    for (const value of values) {
      const hash = asHash(type, value);
      if (typeof hash === 'string') {
        this.fault = hash;
        return null;
      }
      hashes.push(hash);
    }
    return hashes;
  }

  private joined(by: readonly string[], read: () => SourceHash[] | null): SourceHash[] | null {
    const all: SourceHash[] = [];
    do {
      const some = read();
      if (!some) return null;
      all.push(...some);
    } while (by.some((word) => this.take(word)));
    return all;
  }

  private take(text: string): boolean {
    const token = this.tokens[this.at];
    if (!token || token.text !== text || (token.kind !== 'word' && token.kind !== 'sign')) return false;
    this.at++;
    return true;
  }

  private next(kind: Token['kind']): string | null {
    const token = this.tokens[this.at];
    if (token?.kind !== kind) return null;
    this.at++;
    return token.text;
  }
}

const unquoted = (text: string): string => (text.startsWith("'") ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text);
