import { describe, expect, it } from '@jest/globals';
import { OrderTokens, type Subject } from './order-tokens';

const tokens = new OrderTokens(new Uint8Array(32).fill(7));
const subject = (more: Partial<Subject> = {}): Subject => ({
  itemId: 'one',
  kind: 'url',
  identity: 'https://harbour.example/post/1',
  platformId: 'harbour',
  sha256: [],
  ...more,
});
const hex = (more: Partial<Subject> = {}, from = tokens): string[] =>
  from.of([subject(more)]).map(({ kind, token }) => `${kind} ${token.toString('hex')}`);

describe('the token of an order’s subject', () => {
  it('is the same for the same address, whoever has it in whichever item', () => {
    expect(hex({ itemId: 'two', platformId: 'elsewhere' })).toEqual(hex());
  });

  it('has one in common with another spelling of the address, and none with another address', () => {
    const shared = (identity: string): number => hex({ identity }).filter((token) => hex().includes(token)).length;
    expect(shared('http://www.harbour.example//post/1/?utm_source=x')).toBe(1);
    expect(shared('https://harbour.example/post/2')).toBe(0);
  });

  it('of a place in a page is told from another place, and tells of the page', () => {
    const at = (place: string): string[] => hex({ identity: `https://harbour.example/post/1#${place}` });
    const common = at('c2').filter((token) => at('c3').includes(token));
    expect(common).toEqual([expect.stringMatching(/^page /)]);
    expect(hex()).toContain(common[0]?.replace('page', 'subject'));
  });

  it('is another for another address, another kind and another installation', () => {
    expect(hex({ identity: 'https://harbour.example/post/2' })).not.toEqual(hex());
    expect(hex({ kind: 'account' })).not.toEqual(hex());
    expect(hex({}, new OrderTokens(new Uint8Array(32).fill(8)))).not.toEqual(hex());
  });

  it('stops nothing for the same file at another address, and is the file’s where there is no address', () => {
    const sha256 = ['ab'.repeat(32)];
    expect(new Set(hex({ sha256 }).map((text) => text.split(' ')[0]))).toEqual(new Set(['content', 'subject']));
    const [file = ''] = hex({ kind: 'file', sha256 });
    expect(file).toMatch(/^subject [0-9a-f]{64}$/);
    expect(hex({ sha256 })).toContain(file.replace('subject', 'content'));
    expect(hex({ kind: 'file', sha256, platformId: 'elsewhere' })).not.toContain(file);
  });

  it('comes once however often an exhibit stands, and in the order of the tokens', () => {
    const made = tokens.of([subject({ sha256: ['aa', 'aa', 'bb'] }), subject({ sha256: ['aa'] })]);
    // The exact address and the form of it, and two files.
    expect(made.length).toBe(4);
    expect([...made].sort((a, b) => Buffer.compare(a.token, b.token))).toEqual(made);
  });
});
