import { randomBytes, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { ReturnPaths } from './return-path';

const DAY_MS = 86_400_000;
const at = new Date('2026-03-02T09:00:00.000Z');
const paths = new ReturnPaths(randomBytes(32), 'bounces.unit-a.example');

describe('a return path', () => {
  it('leads back to its message, whatever the case in which a server writes it, and fits into a local part', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const path = paths.of(id, at);
        expect(path.split('@')[0]?.length).toBeLessThanOrEqual(64);
        expect(paths.read(path, at)).toBe(id);
        expect(paths.read(path.toUpperCase(), at)).toBe(id);
      }),
    );
  });

  it('is refused when any of its characters was changed', () => {
    const path = paths.of(randomUUID(), at);
    for (let i = 'bounce+'.length; i < path.indexOf('@'); i += 1) {
      const other = path[i] === '0' ? '1' : '0';
      expect(paths.read(path.slice(0, i) + other + path.slice(i + 1), at)).toBeNull();
    }
  });

  it('of another installation, or of another domain, is refused', () => {
    const id = randomUUID();
    expect(paths.read(new ReturnPaths(randomBytes(32), paths.domain).of(id, at), at)).toBeNull();
    expect(paths.read(paths.of(id, at).replace('unit-a', 'unit-b'), at)).toBeNull();
  });

  it('ends after fourteen days, and does not begin in the future', () => {
    const path = paths.of(randomUUID(), at);
    expect(paths.read(path, new Date(at.getTime() + 14 * DAY_MS))).not.toBeNull();
    expect(paths.read(path, new Date(at.getTime() + 15 * DAY_MS))).toBeNull();
    expect(paths.read(path, new Date(at.getTime() - 2 * DAY_MS))).toBeNull();
  });

  it('is never read from an address of any other shape', () => {
    fc.assert(fc.property(fc.string(), (text) => paths.read(text, at) === null));
    fc.assert(fc.property(fc.emailAddress(), (text) => paths.read(text, at) === null));
  });
});
