import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { identify, identifyHandle } from './web-address';
import { subjectForm, type SubjectForm } from './web-address-subject';

const of = (address: string): SubjectForm => subjectForm(identify(address).identity);

const PAGE = 'https://harbour.example/p/abc?id=7';
const PART = { ...of(PAGE), part: `${of(PAGE).whole}#c2` };

describe('what an address is about', () => {
  it.each([
    'http://harbour.example/p/abc?id=7',
    'HTTPS://HARBOUR.example:443/p/abc?id=7',
    'https://harbour.example./p/abc?id=7',
    'https://www.harbour.example/p/abc?id=7',
    'https://harbour.example/p/%61bc?id=7',
    'https://harbour.example/p/abc?%69d=%37',
    'https://harbour.example//p///abc?id=7',
    'https://harbour.example/p\\abc?id=7',
    'https://harbour.example/p/abc/?id=7',
    'https://harbour.example/p/abc?id=7&utm_source=x&UTM_Medium=mail',
    'https://harbour.example/p/abc?fbclid=1&id=7&gclid=2&',
    'https://harbour.example/p/abc?id=7#',
    'https://harbour.example/p/abc?id=7#:~:text=some%20words',
    'https://harbour.example/p/abc?id=7#t=90',
  ])('is the same, pasted as %s', (address) => expect(of(address)).toEqual(of(PAGE)));

  it('is the same for one spelling of a character and another, and for named parameters in another order', () => {
    expect(of('https://harbour.example/b%c3%bccher?a=%5b1%5D&b=2')).toEqual(
      of('https://harbour.example/bücher?b=2&a=[1]'),
    );
    expect(of('https://harbour.example/a%2fb')).toEqual(of('https://harbour.example/a%2Fb'));
  });

  it.each([
    'https://harbour.example/P/abc?id=7',
    'https://harbour.example/p/abc?id=8',
    'https://harbour.example/p/abc',
    'https://harbour.example/p/abc?id=7&page=2',
    'https://harbour.example/p/abc?id=7&ref=2',
    'https://harbour.example:8443/p/abc?id=7',
    'https://m.harbour.example/p/abc?id=7',
    'https://harbour.example/p%2Fabc?id=7',
    'https://harbour.example/p/%2561bc?id=7',
    'https://harbour.example/p/abc?id=7#/post/2',
    'https://harbour.example/p/abc?id=7#!post',
    'https://harbour.example/p/abc?id=7#post=2',
  ])('is another for %s', (address) => expect(of(address).whole).not.toBe(of(PAGE).whole));

  it('names the page and the place where a place in a page is meant', () => {
    expect(of(`${PAGE}#c2`)).toEqual(PART);
    expect(of(`http://www.harbour.example/p/abc/?id=7&gclid=1#%632`)).toEqual(PART);
    expect(of(`${PAGE}#c3`)).toEqual({ ...PART, part: `${PART.whole}#c3` });
  });

  it('keeps apart what has no address but its fragment, and parameters that their place tells', () => {
    expect(of('https://drop.example/#k1')).not.toEqual(of('https://drop.example/#k2'));
    expect(of('https://drop.example/#k1').part).toBeNull();
    expect(of('https://drop.example/v?b&a')).not.toEqual(of('https://drop.example/v?a&b'));
    expect(of('https://drop.example/v?a=1&a=2')).not.toEqual(of('https://drop.example/v?a=2&a=1'));
  });

  it('leaves handles as they are, and finds a name that is www itself', () => {
    const account = (host: string, name: string): SubjectForm =>
      subjectForm(identifyHandle('account', host, name).identity);
    expect(account('www.harbour.example.', '@Some_One')).toEqual(account('harbour.example', 'Some_One'));
    expect(account('harbour.example', 'some_one')).not.toEqual(account('harbour.example', 'Some_One'));
    expect(of('https://www.example/').whole).toBe('//www.example/');
    expect(of('https://[2001:db8::1]:8443/a').whole).toBe('//[2001:db8::1]:8443/a');
  });
});

const tail = fc.stringMatching(/^([/?#][A-Za-z0-9._~:/?#[\]@!$&()*+,;=%{}\\é-]{0,30})?$/);
const address = fc.tuple(fc.constantFrom('http', 'https'), fc.constantFrom('', ':8443'), tail);
/** How a piece of a path can be written, and the character that it is. */
const PIECES = [['a', 'a'], ['%61', 'a'], ['B', 'B'], ['b', 'b'], ['%2F', '%2F'], ['%2f', '%2F'], ['/', '/'], ['//', '/'], ['%7E', '~'], ['~', '~'], ['é', 'é'], ['%c3%A9', 'é']] as const; // prettier-ignore
const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 });
const written = (path: readonly (readonly [string, string])[], which: 0 | 1): string =>
  `/${path.map((piece) => piece[which]).join('')}`;

describe('the form of any address', () => {
  it('is its own: written down and read again, it changes no more', () => {
    fc.assert(
      fc.property(address, ([scheme, port, rest]) => {
        const form = of(`${scheme}://harbour.example${port}${rest}`);
        expect(subjectForm(`https:${form.part ?? form.whole}`)).toEqual(form);
      }),
    );
  });

  it('does not depend on scheme, www, a final dot, or parameters that tell how a reader came', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(\/[a-z0-9%./]{0,12}){0,2}(\?[a-z0-9=&%]{0,12})?$/), (rest) => {
        const one = of(`https://harbour.example${rest}`);
        const mark = rest.includes('?') ? '&' : '?';
        expect(of(`http://www.HARBOUR.example.${rest}${mark}utm_campaign=1&fbclid=2`)).toEqual(one);
      }),
    );
  });

  it('is the same for two paths when their characters are, and only then', () => {
    const meant = (path: Parameters<typeof written>[0]): string =>
      written(path, 1).replace(/\/+/g, '/').replace(/\/$/, '');
    fc.assert(
      fc.property(pieces, pieces, (one, other) => {
        const [a, b] = [one, other].map((path) => of(`https://harbour.example${written(path, 0)}`).whole);
        expect(a === b).toBe(meant(one) === meant(other));
      }),
      { numRuns: 1_000 },
    );
  });
});
