import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { withoutDotSegments } from './dot-segments';
import { DomainError } from './errors';
import type { HostRule } from './host-rules';
import { defang, identify, identifyHandle, refang, type AddressFault } from './web-address';

const faultOf = (raw: string): unknown => {
  try {
    identify(raw);
    return 'accepted';
  } catch (error) {
    return error instanceof DomainError ? error.details['reason'] : error;
  }
};

const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?$/).filter((text) => !/^xn--/i.test(text));
const host = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.constantFrom('example', 'EXAMPLE', 'Example'))
  .map(([labels, top]) => [...labels, top].join('.'));
const tail = fc
  .stringMatching(/^([/?#][A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%{}\\-]{0,40})?$/)
  .filter((t) => !/["'>]$/.test(t));
const scheme = fc.constantFrom('http://', 'https://');
const address = fc.tuple(scheme, host, fc.constantFrom('', ':8443'), tail).map((parts) => parts.join(''));

describe('refanging', () => {
  it.each([
    ['hxxp://video.example/a', 'http://video.example/a'],
    ['hxxps://video[.]example/a', 'https://video.example/a'],
    ['HXXPS[:]//video(.)example/a', 'https://video.example/a'],
    ['https[://]video[dot]example/Page[.]html', 'https://video.example/Page[.]html'],
    ['hxxps://video[.]example/Page[.]html?x=1[.]5#T[.]1', 'https://video.example/Page.html?x=1.5#T.1'],
    ['h**ps://video{.}example/', 'https://video.example/'],
    ['https://video(dot)example[:]8443/a', 'https://video.example:8443/a'],
    ['  <https://video.example/a>\r\n', 'https://video.example/a'],
    ['\uFEFFhttps://video.example/a\u200B', 'https://video.example/a'],
    ['https://video.example/a[.]b?c=(dot)#hxxp://x', 'https://video.example/a[.]b?c=(dot)#hxxp://x'],
    ['HTTPS://Video.Example/A', 'HTTPS://Video.Example/A'],
  ])('makes %s into %s', (raw, sent) => expect(refang(raw)).toBe(sent));

  it('undoes exactly what defanging did', () => {
    fc.assert(fc.property(address, (url) => expect(refang(defang(url))).toBe(url)));
  });

  it('leaves alone what was never defanged', () => {
    fc.assert(fc.property(address, (url) => expect(refang(url)).toBe(url)));
  });
});

describe('the identity of an address', () => {
  it.each([
    ['HTTPS://Video.EXAMPLE:443/Watch?V=aB#T', 'https://video.example/Watch?V=aB#T'],
    ['http://video.example:80', 'http://video.example/'],
    ['https://video.example:80/', 'https://video.example:80/'],
    ['https://video.example?x=1', 'https://video.example/?x=1'],
    ['https://bücher.example/ä', 'https://xn--bcher-kva.example/ä'],
    ['https://video.example/a/../b//c/./%7e%2F', 'https://video.example/b//c/%7e%2F'],
    ['https://video.example/p/./j1', 'https://video.example/p/j1'],
    ['https://video.example/p/x/%2e%2E/J1?a=/../b#/./c', 'https://video.example/p/J1?a=/../b#/./c'],
    ['https://video.example/a\\..\\b', 'https://video.example/b'],
    ['https://video.example/..', 'https://video.example/'],
    ['https://video.example/a\\b', 'https://video.example/a\\b'],
    ['https://[2001:DB8::1]:8443/a', 'https://[2001:db8::1]:8443/a'],
    ['https://video.example/#', 'https://video.example/#'],
  ])('of %s is %s', (raw, identity) => {
    expect(identify(raw)).toMatchObject({ kind: 'url', identity, sent: raw });
  });

  it('keeps every byte after the host but dot segments: fragments, path case, parameters and their order count', () => {
    fc.assert(
      fc.property(scheme, host, tail, tail, (start, name, one, other) => {
        const path = (text: string): string => {
          const end = text.search(/[?#]|$/);
          return withoutDotSegments(text.slice(0, end)) + text.slice(end);
        };
        const { identity, sent } = identify(start + name + one);
        expect(sent).toBe(start + name + one);
        expect(identity).toBe(start + name.toLowerCase() + path(one));
        expect(identity === identify(start + name + other).identity).toBe(path(one) === path(other));
      }),
    );
  });

  it('is its own identity, and the same for the host in any case and the address defanged', () => {
    fc.assert(
      fc.property(address, (url) => {
        const { identity } = identify(url);
        expect(identify(identity).identity).toBe(identity);
        expect(identify(defang(url)).identity).toBe(identity);
      }),
    );
  });

  it('finds the platform by the host without its final dot', () => {
    expect(identify('https://Video.Example./a')).toMatchObject({
      host: 'video.example',
      identity: 'https://video.example./a',
    });
  });

  it('ignores only what the rule of that host names', () => {
    const rules: readonly HostRule[] = [
      {
        hosts: ['short.example', 'm.video.example'],
        sameAs: 'video.example',
        ignoreParameters: ['si'],
        ignoreFragment: true,
      },
      { hosts: ['folded.example'], ignorePathCase: true, ignoreHandleCase: true },
    ];
    const of = (raw: string): string => identify(raw, rules).identity;
    expect(of('https://m.video.example/w?v=B&si=1&t=2#x')).toBe('https://video.example/w?v=B&t=2');
    expect(of('https://short.example/w?si=1')).toBe('https://video.example/w');
    expect(of('https://folded.example/Ab?Cd=E#F')).toBe('https://folded.example/ab?Cd=E#F');
    expect(of('https://other.example/w?v=B&si=1#x')).toBe('https://other.example/w?v=B&si=1#x');
    expect(identifyHandle('account', 'folded.example', '@Anna', rules).identity).toBe('account://folded.example/anna');
  });
});

describe('what cannot be referred', () => {
  it.each<[string, AddressFault]>([
    ['', 'empty'],
    ['   ', 'empty'],
    [`https://video.example/${'a'.repeat(9_000)}`, 'too_long'],
    ['https://video.example/a b', 'whitespace_or_control'],
    ['https://video.example/a\u0000b', 'whitespace_or_control'],
    ['https://video.example/\u202Egpj.exe', 'whitespace_or_control'],
    ['video.example/a', 'no_scheme'],
    ['nope', 'no_scheme'],
    ['ftp://video.example/a', 'scheme_not_supported'],
    ['javascript://video.example/a', 'scheme_not_supported'],
    ['https://anna:secret@video.example/a', 'credentials'],
    ['https:///a', 'host'],
    ['https://nope/a', 'host'],
    ['https://a..example/', 'host'],
    ['https://video.example:99999/', 'host'],
    ['https://video.example\\@other.example/', 'credentials'],
    ['https://video.example\\other/', 'host'],
  ])('%j is refused as %s', (raw, reason) => expect(faultOf(raw)).toBe(reason));

  it('is refused with a reason only: a password in it is not repeated', () => {
    expect.assertions(1);
    try {
      identify('https://anna:secret@video.example/a');
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });

  it('takes any text without falling over: an address or a reason', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(typeof faultOf(text)).toBe('string')));
    fc.assert(fc.property(fc.webUrl({ withFragments: true }), (url) => expect(faultOf(url)).toBe('accepted')));
  });
});

describe('accounts and channels', () => {
  it('are known by platform and handle, with the case of the handle and without its @', () => {
    expect(identifyHandle('account', 'Video[.]example', ' @AnnaB ')).toEqual({
      kind: 'account',
      sent: '@AnnaB',
      host: 'video.example',
      identity: 'account://video.example/AnnaB',
    });
    expect(identifyHandle('channel', 'hxxps://video[.]example/', 'AnnaB').identity).toBe(
      'channel://video.example/AnnaB',
    );
  });

  it('need a handle and a host', () => {
    for (const [where, handle] of [
      ['video.example', '@'],
      ['video.example', 'a b'],
      ['nope', 'anna'],
    ] as const)
      expect(() => identifyHandle('account', where, handle)).toThrow(DomainError);
  });
});
