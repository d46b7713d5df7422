import { caseReference } from './reference';
import { namesAbove } from './platforms';

describe('the reference of a case', () => {
  it('is the year and eight digits that survive being read out', () => {
    expect(caseReference(new Date('2026-12-31T23:59:59Z'), Uint8Array.of(0, 0, 0, 0, 0))).toBe('2026-0000-0000');
    expect(caseReference(new Date('2026-01-01T00:00:00Z'), Uint8Array.of(255, 255, 255, 255, 255))).toBe(
      '2026-ZZZZ-ZZZZ',
    );
    expect(caseReference(new Date())).toMatch(/^\d{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});

describe('the names above a host', () => {
  it('end before the top-level domain, and a numeric address has none', () => {
    expect(namesAbove('a.b.example')).toEqual(['a.b.example', 'b.example']);
    expect(namesAbove('b.example')).toEqual(['b.example']);
    expect(namesAbove('192.0.2.1')).toEqual(['192.0.2.1']);
    expect(namesAbove('[2001:db8::1]')).toEqual(['[2001:db8::1]']);
  });
});
