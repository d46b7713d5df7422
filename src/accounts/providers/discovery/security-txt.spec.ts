import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readSecurityTxt } from './security-txt';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const AT = 'https://harbour.example/.well-known/security.txt';
const read = (...lines: string[]): ReturnType<typeof readSecurityTxt> => readSecurityTxt(lines.join('\r\n'), AT, NOW);
const EXPIRES = 'Expires: 2026-12-31T23:00:00.000Z';

describe('a security.txt', () => {
  it('gives its contacts in order, its languages and its end', () => {
    expect(
      read(
        '# ours',
        'Contact: mailto:security@harbour.example',
        'contact: tel:+1-201-555-0123',
        'Contact: https://harbour.example/report',
        'Contact: http://harbour.example/plain',
        EXPIRES,
        'Preferred-Languages: en, fr, english',
      ),
    ).toEqual({
      contacts: [
        { kind: 'email', value: 'security@harbour.example' },
        { kind: 'telephone', value: '+1-201-555-0123' },
        { kind: 'web_form', value: 'https://harbour.example/report' },
      ],
      languages: ['en', 'fr'],
      expiresAt: new Date('2026-12-31T23:00:00.000Z'),
      isSigned: false,
    });
  });

  it('says nothing after its end, or without exactly one', () => {
    const contact = 'Contact: mailto:security@harbour.example';
    expect(read(contact, 'Expires: 2026-03-02T09:00:00Z')).toBe('expired');
    expect(read(contact)).toBe('unreadable');
    expect(read(contact, EXPIRES, EXPIRES)).toBe('unreadable');
    expect(read(contact, 'Expires: soon')).toBe('unreadable');
    expect(read(EXPIRES)).toBe('unreadable');
  });

  it('says nothing where it names other places than the one it was found at', () => {
    const lines = ['Contact: mailto:security@harbour.example', EXPIRES];
    expect(read(...lines, 'Canonical: https://elsewhere.example/.well-known/security.txt')).toBe('not_canonical');
    expect(read(...lines, `Canonical: ${AT}`)).toMatchObject({ languages: [] });
  });

  it('says that it is signed, and takes nothing from outside the signature', () => {
    const signed = read(
      'Contact: mailto:before@harbour.example',
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA512',
      '',
      '- Contact: mailto:security@harbour.example',
      EXPIRES,
      '-----BEGIN PGP SIGNATURE-----',
      'Contact: mailto:after@harbour.example',
      '-----END PGP SIGNATURE-----',
    );
    expect(signed).toMatchObject({ isSigned: true, contacts: [{ value: 'security@harbour.example' }] });
  });

  it('is read without an error, whatever it says', () => {
    fc.assert(fc.property(fc.string(), (text) => readSecurityTxt(text, AT, NOW) !== undefined));
  });
});
