import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { mayProbe, mayTell, strictestPap } from './pap';
import { PAP } from './vocabulary';

describe('a PAP marking', () => {
  it('counts as strictly as the strictest of those that one thing has', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PAP), { minLength: 1 }), fc.constantFrom(...PAP), (paps, more) => {
        const all = strictestPap([...paps, more]);
        expect([...paps, more]).toContain(all);
        for (const pap of [...paps, more]) expect(PAP.indexOf(all)).toBeGreaterThanOrEqual(PAP.indexOf(pap));
      }),
    );
  });

  it('lets an address be called under CLEAR and GREEN alone, and a platform be told under AMBER too', () => {
    expect(PAP.filter(mayProbe)).toEqual(['clear', 'green']);
    expect(PAP.filter(mayTell)).toEqual(['clear', 'green', 'amber']);
  });
});
