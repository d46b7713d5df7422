import * as fc from 'fast-check';
import { PROBLEMS, type ProblemCode } from '../../../domain/errors';
import { pauseAfter } from './backoff';

describe('the pause after a failure', () => {
  it('is a minute at first, doubles, and is never more than six hours by itself', () => {
    const pauses = Array.from({ length: 12 }, (_, i) => pauseAfter('exchange.source-down', i + 1, 0) / 60_000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
  });

  it('is an hour at once where a login was refused, so that no account is locked', () => {
    expect(pauseAfter('exchange.source-refuses', 1, 0)).toBe(3_600_000);
  });

  it('is never shorter than the source asked for', () => {
    const codes = Object.keys(PROBLEMS) as ProblemCode[];
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.nat(10_000), fc.nat(86_400_000), (code, failures, asked) => {
        const pause = pauseAfter(code, failures, asked);
        expect(pause).toBeGreaterThanOrEqual(Math.max(60_000, asked));
        expect(pause).toBeLessThanOrEqual(Math.max(21_600_000, asked));
      }),
    );
  });
});
