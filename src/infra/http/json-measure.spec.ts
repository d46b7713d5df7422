import * as fc from 'fast-check';
import { DomainError } from '../../domain/errors';
import { measureJson } from './json-measure';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function codeOf(text: string, most: number): string {
  try {
    measureJson(bytes(text), most);
    return 'fine';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

/** Objects, lists, and what follows a comma, counted on the parsed value. */
function valuesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return 1 + Math.max(0, members.length - 1) + members.reduce<number>((sum, member) => sum + valuesOf(member), 0);
}

describe('the measure of a JSON text', () => {
  it('lets a text with as many values as are allowed pass, and refuses it with one less', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const values = valuesOf(JSON.parse(text));
        expect(codeOf(text, values)).toBe('fine');
        if (values > 0) expect(codeOf(text, values - 1)).toBe('request.too-large');
      }),
    );
  });

  it('does not count what stands in strings', () => {
    expect(codeOf(JSON.stringify('[{,"\\,,,[[['), 0)).toBe('fine');
    expect(codeOf('"\\",,,,\\\\",', 0)).toBe('request.too-large');
  });

  it('looks at no byte beyond the limit', () => {
    let read = 0;
    const text = new Proxy(bytes(`[${'1,'.repeat(100_000)}1]`), {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) read++;
        return Reflect.get(target, name, target) as unknown;
      },
    });
    expect(() => measureJson(text, 10)).toThrow(DomainError);
    expect(read).toBeLessThan(50);
  });

  it('takes 64 levels and refuses 65', () => {
    expect(codeOf('['.repeat(64) + ']'.repeat(64), 1000)).toBe('fine');
    expect(codeOf('['.repeat(65) + ']'.repeat(65), 1000)).toBe('request.invalid');
  });
});
