import * as fc from 'fast-check';
import { afterFailure, circuitState, CLOSED, OPENS_AFTER, type Circuit } from './circuit';

const now = new Date('2026-03-02T09:00:00.000Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const failing = (times: number, from: Circuit = CLOSED): Circuit =>
  Array.from({ length: times }).reduce<Circuit>((circuit) => afterFailure(circuit, now), from);

describe('the circuit of an endpoint', () => {
  it('stays closed through nine failures and opens at the tenth, for half a minute', () => {
    expect(circuitState(failing(OPENS_AFTER - 1), now)).toBe('closed');
    const open = failing(OPENS_AFTER);
    expect(circuitState(open, later(29.999))).toBe('open');
    expect(circuitState(open, later(30))).toBe('half_open');
  });

  it('lets one call try it again, and is open to all others meanwhile', () => {
    const probed = { ...failing(OPENS_AFTER), probedAt: later(30) };
    expect(circuitState(probed, later(31))).toBe('open');
    expect(circuitState(probed, later(90))).toBe('half_open');
  });

  it('is not lengthened by calls that had begun before it opened', () => {
    const open = failing(OPENS_AFTER);
    expect(afterFailure(open, later(1))).toEqual({ ...open, failures: OPENS_AFTER + 1 });
  });

  it('is open for twice as long after every attempt that fails, and never for more than half an hour', () => {
    let [circuit, last] = [failing(OPENS_AFTER), 30_000];
    for (let i = 0; i < 12; i += 1) {
      const at = circuit.openUntil ?? now;
      circuit = afterFailure(circuit, at);
      const pause = (circuit.openUntil?.getTime() ?? 0) - at.getTime();
      expect(pause).toBe(Math.min(last * 2, 1_800_000));
      last = pause;
    }
  });

  it('has an end whenever it is open, after any course of failures', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 60 }), (gaps) => {
        let [circuit, at] = [CLOSED, now.getTime()];
        for (const gap of gaps) {
          at += gap * 1000;
          circuit = afterFailure(circuit, new Date(at));
          expect(circuit.openings > 0).toBe(circuit.openUntil !== null);
        }
      }),
    );
  });
});
