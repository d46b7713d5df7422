import { describe, expect, it } from '@jest/globals';
import { isSignalHash } from '../../domain/vocabulary';
import { knownHarmless } from './known-harmless';
import { NegativeSet } from './negative-set';

describe('hashes of nothing', () => {
  const all = [...knownHarmless()];

  it('are of the types they say, some of each kind', () => {
    for (const { type, value } of all) expect([type, value, isSignalHash(type, value)]).toEqual([type, value, true]);
    expect(new Set(all.map(({ type }) => type))).toEqual(
      new Set(['pdq', 'blockhash', 'md5', 'sha256', 'sha512', 'text_sha256']),
    );
    expect(all.filter(({ type }) => type === 'blockhash').length).toBeGreaterThan(30);
  });

  it('stand for the same picture drawn larger: each is met by it', () => {
    const set = new NegativeSet();
    for (const { type, value, note } of all) set.add(`${note}/${type}`, 'harmless', type, value, note);
    for (const { type, value, note } of knownHarmless(200))
      expect([note, type, set.hits(type, value).harmless !== null]).toEqual([note, type, true]);
  });
});
