import { describe, expect, it } from '@jest/globals';
import { isSignalHash } from '../../domain/vocabulary';
import { knownHarmless } from './known-harmless';

describe('hashes of nothing', () => {
  const all = [...knownHarmless()];

  it('are of the types they say, some of each kind', () => {
    for (const { type, value } of all) expect([type, value, isSignalHash(type, value)]).toEqual([type, value, true]);
    expect(new Set(all.map(({ type }) => type))).toEqual(
      new Set(['pdq', 'blockhash', 'md5', 'sha256', 'sha512', 'text_sha256']),
    );
    expect(all.filter(({ type }) => type === 'pdq').length).toBeGreaterThan(30);
  });

  it('are the same at every start', () => {
    expect([...knownHarmless()]).toEqual(all);
  });
});
