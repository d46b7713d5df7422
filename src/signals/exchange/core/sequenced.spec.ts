import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { instantText, parseMicros } from './sequenced.query';

const MOST = 4_102_444_800_000_000;

describe('a time in microseconds', () => {
  it('is read back as it was written, and sorts as text as it does as number', () => {
    const micros = fc.integer({ min: 0, max: MOST });
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        expect(parseMicros(instantText(a))).toBe(a);
        expect(instantText(a) < instantText(b)).toBe(a < b);
      }),
    );
  });

  it.each([
    ['2026-03-02T09:00:00Z', 1_772_442_000_000_000],
    ['2026-03-02T10:00:00.5+01:00', 1_772_442_000_500_000],
    ['2026-03-02t09:00:00.123456789z', 1_772_442_000_123_456],
  ])('%s is %d', (text, micros) => expect(parseMicros(text)).toBe(micros));

  it.each([
    '',
    'yesterday',
    '2026-03-02',
    '2026-03-02T09:00:00',
    '1772442000',
    '2026-13-02T09:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-03-02T24:00:00Z',
  ])('is not %j', (text) => expect(parseMicros(text)).toBeNull());
});
