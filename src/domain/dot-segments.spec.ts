import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { withoutDotSegments } from './dot-segments';

const part = fc.constantFrom('.', '..', '%2e', '%2E.', '.%2e', '%2e%2E', '', 'a', 'B', '...', '.a', '%2ea', '%252e');
const path = fc
  .array(fc.tuple(fc.constantFrom('/', '\\'), part), { minLength: 1, maxLength: 8 })
  .map((parts) => `/${parts.map(([separator, segment]) => separator + segment).join('')}`);

describe('dot segments', () => {
  it('are resolved as a browser does it, in every path', () => {
    fc.assert(
      fc.property(path, (text) => {
        const browser = new URL(`https://kiln.example${text}`).pathname;
        expect(withoutDotSegments(text).replaceAll('\\', '/')).toBe(browser);
      }),
      { numRuns: 500 },
    );
  });

  it('are gone after once, and nothing else is touched', () => {
    fc.assert(
      fc.property(path, (text) => {
        const once = withoutDotSegments(text);
        expect(withoutDotSegments(once)).toBe(once);
      }),
    );
    expect(withoutDotSegments('/A%7e//b\\c;x=../%2F')).toBe('/A%7e//b\\c;x=../%2F');
  });
});
