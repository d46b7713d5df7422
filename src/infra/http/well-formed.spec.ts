import * as fc from 'fast-check';
import { DomainError } from '../../domain/errors';
import { wellFormed } from './well-formed';

function pointerOf(document: unknown): string | undefined {
  try {
    wellFormed(document);
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error.faults[0]?.pointer : String(error);
  }
}

describe('a document', () => {
  it('is itself when every string in it is Unicode', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (document) => {
        expect(wellFormed(document)).toBe(document);
      }),
    );
  });

  it('is refused with the way to half a character, wherever it stands', () => {
    const token = fc.oneof(fc.constantFrom('a', 'b/c', '~'), fc.nat(3));
    // A list by itself is one of lines.
    const path = fc.array(token, { minLength: 1, maxLength: 12 }).filter(([first]) => typeof first === 'string');
    fc.assert(
      fc.property(path, (tokens) => {
        const document = tokens.reduceRight<unknown>(
          (inner, token) =>
            typeof token === 'number' ? [...Array<string>(token).fill('fine'), inner] : { [token]: inner },
          '\ud800',
        );
        const expected = tokens.map((token) => `/${`${token}`.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(pointerOf(document)).toBe(expected);
      }),
    );
    expect(pointerOf('\udfff')).toBe('');
    expect(pointerOf({ a: { 'x\udc00': 1 } })).toBe('/a/x\ufffd');
  });

  it('has two hundred members at most in an object and twenty thousand elements in a list, wherever they stand', () => {
    const members = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]));
    const elements = (count: number): number[] => Array<number>(count).fill(1);
    expect(pointerOf({ a: [members(200), elements(20_000)] })).toBeUndefined();
    expect(pointerOf({ a: [members(201)] })).toBe('/a/0');
    expect(pointerOf({ items: [{ b: elements(20_001) }] })).toBe('/items/0/b');
    expect(pointerOf(elements(20_001))).toBe('');
  });

  it('may hold anything in the lines of a submission, which are judged one by one', () => {
    expect(pointerOf({ items: [{ url: '\ud800' }, '\ud800'] })).toBeUndefined();
    expect(pointerOf({ signals: [{ note: '\ud800' }], listId: 'x' })).toBeUndefined();
    expect(pointerOf(['\ud800'])).toBeUndefined();
    expect(pointerOf({ items: '\ud800' })).toBe('/items');
    expect(pointerOf({ a: { items: ['\ud800'] } })).toBe('/a/items/0');
  });

  it('is looked at once a value, and nothing is listed of a list', () => {
    let reads = 0;
    const list = new Proxy(Array<number>(10_000).fill(1), {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
        return Reflect.get(target, name, target) as unknown;
      },
      ownKeys: () => {
        throw new Error('ten thousand names made');
      },
    });
    wellFormed({ list });
    expect(reads).toBe(10_000);
  });
});
