import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { formatPosition, parsePosition, selectionOf, type Position } from './position';

const selection = selectionOf('subscriber', 'all');
const position: fc.Arbitrary<Position> = fc.record({
  phase: fc.constantFrom('snapshot', 'follow'),
  seq: fc.integer({ min: -1, max: 10 ** 14 }),
  key: fc.uuid(),
});

describe('a cursor', () => {
  it('is read back as it was written, by the subscriber and selection it was made for', () => {
    fc.assert(
      fc.property(position, (at) => {
        expect(parsePosition(formatPosition(at, selection), selection, 'cursor')).toEqual(at);
        expect(() => parsePosition(formatPosition(at, selection), selectionOf('other', 'all'), 'cursor')).toThrow();
      }),
    );
  });

  it('tells ids that are joined otherwise apart', () => {
    expect(selectionOf('a', 'bc')).not.toBe(selectionOf('ab', 'c'));
  });

  it('is refused as the fault of the member that holds it, whatever else stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parsePosition(text, selection, 'next')).toThrow(
          expect.objectContaining({ code: 'request.invalid', faults: [expect.objectContaining({ pointer: '/next' })] }),
        );
      }),
    );
  });
});
