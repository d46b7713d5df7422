import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { canonicalJson, parseCanonical } from './canonical';
import { LedgerEntry, audienceDigest, bodyDigest, entryBytes, normalAudience, parseEntry } from './ledger-entry';

const ORGANISATION = '0190aaaa-0000-7000-8000-000000000001';
const NOTICE = '0190aaaa-0000-7000-8000-000000000002';
const entry: LedgerEntry = {
  v: 1,
  id: '0190aaaa-0000-7000-8000-000000000003',
  kind: 'notice.sent',
  at: '2026-01-02T03:04:05.678Z',
  org: ORGANISATION,
  person: null,
  via: 'api-key',
  subjects: { notice: NOTICE, delivery: 'd-1', case: undefined },
  dims: { size: 'large', items: 3, urgent: false, languages: ['fr', 'en'], none: null },
  bodies: { internal: 'ab'.repeat(32) },
  aud: 'cd'.repeat(32),
};

describe('a ledger entry', () => {
  it('has one byte form: RFC 8785, members sorted, what is undefined left out', () => {
    expect(new TextDecoder().decode(entryBytes(entry))).toBe(
      `{"at":"2026-01-02T03:04:05.678Z","aud":"${'cd'.repeat(32)}","bodies":{"internal":"${'ab'.repeat(32)}"},` +
        `"dims":{"items":3,"languages":["fr","en"],"none":null,"size":"large","urgent":false},` +
        `"id":"0190aaaa-0000-7000-8000-000000000003","kind":"notice.sent","org":"${ORGANISATION}","person":null,` +
        `"subjects":{"delivery":"d-1","notice":"${NOTICE}"},"v":1,"via":"api-key"}`,
    );
  });

  it('reads back what it wrote', () => {
    const { case: _, ...subjects } = entry.subjects;
    expect(parseEntry(entryBytes(entry))).toEqual({ ...entry, subjects });
  });

  it('refuses bytes that say the same in another form', () => {
    const text = new TextDecoder().decode(entryBytes(entry));
    for (const other of [
      ` ${text}`,
      text.replace('"items":3', '"items":3.0'),
      text.replace('"v":1,"via":"api-key"', '"via":"api-key","v":1'),
      text.replace('"fr"', '"\\u0066r"'),
      text.replace('"v":1', '"v":1,"v":1'),
      text.replace('"v":1', '"v":1,"x":1'),
    ]) {
      expect(other).not.toBe(text);
      expect(() => parseEntry(utf8ToBytes(other))).toThrow(SyntaxError);
    }
    expect(() => parseEntry(Uint8Array.of(0xff, 0xfe))).toThrow();
  });

  it.each<[string, Partial<Record<keyof LedgerEntry, unknown>>]>([
    ['a version it does not know', { v: 2 }],
    ['an id in upper case', { id: entry.id.toUpperCase() }],
    ['a kind without a noun', { kind: 'sent' }],
    ['an instant without milliseconds', { at: '2026-01-02T03:04:05Z' }],
    ['an organisation that is no id', { org: 'police' }],
    ['a way in that is not known', { via: 'telepathy' }],
    ['a case that is no UUID', { subjects: { case: 'c-1' } }],
    ['a dimension that is an object', { dims: { a: { b: 1 } } }],
    ['a dimension that is not finite', { dims: { a: Number.POSITIVE_INFINITY } }],
    ['a member name that sorts like an index', { dims: { 1: 1 } }],
    ['a body that is no digest', { bodies: { shared: 'text' } }],
    ['a body of an unknown part', { bodies: { secret: 'ab'.repeat(32) } }],
    ['no audience', { aud: '' }],
  ])('refuses %s', (_, change) => {
    expect(() => entryBytes(Object.assign({}, entry, change))).toThrow(SyntaxError);
  });

  it('digests an audience whatever its order, and never two salts alike', () => {
    const salt = Uint8Array.of(1, 2, 3);
    const [a, b] = [
      normalAudience([NOTICE, ORGANISATION]),
      normalAudience([ORGANISATION.toUpperCase(), NOTICE, NOTICE]),
    ];
    expect(a).toEqual(b);
    expect(audienceDigest(salt, a)).toBe(audienceDigest(salt, b));
    expect(audienceDigest(Uint8Array.of(1, 2, 4), a)).not.toBe(audienceDigest(salt, a));
  });

  it('digests a body as SHA-256(salt ‖ canonical text)', () => {
    const body = canonicalJson({ b: 1, a: 'ü' });
    expect(body).toBe('{"a":"ü","b":1}');
    // printf '\x01{"a":"ü","b":1}' | sha256sum
    expect(bodyDigest(Uint8Array.of(1), body)).toBe('f631d7bee39f65ded3b620798c60c551dda2c6e5178e1b3208f498232694f837');
  });

  it('accepts as canonical exactly what RFC 8785 writes', () => {
    const name = fc.string().filter((key) => !/^(0|[1-9]\d*)$/.test(key) && key !== '__proto__');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      map: fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, tree), (value) => {
        const text = canonicalJson(value);
        expect(JSON.stringify(parseCanonical(text))).toBe(text);
      }),
    );
    expect(() => canonicalJson('\ud800')).toThrow();
    expect(() => parseCanonical('{"b":1,"a":1}')).toThrow(SyntaxError);
    expect(() => parseCanonical('{"a":[{"b":1,"a":1}]}')).toThrow(SyntaxError);
  });
});
