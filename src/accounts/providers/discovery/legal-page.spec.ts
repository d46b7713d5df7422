import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { contactsOfPage, textOf } from './legal-page';

const mails = (html: string, host = 'www.harbour.example'): string[] =>
  contactsOfPage(html, host).map(({ value }) => value);

describe('a legal page', () => {
  it('gives the mail addresses of the host’s own domain, in text, links and entities', () => {
    expect(
      mails('<p>Write to Legal@Harbour.example.</p><a href="mailto:abuse%40harbour.example?subject=x">mail</a>'),
    ).toEqual(['legal@harbour.example', 'abuse@harbour.example']);
    expect(mails('<p>tco&#64;eu.harbour.example</p>')).toEqual(['tco@eu.harbour.example']);
  });

  it('gives nobody else’s: of a user, of another site, of a domain that only ends alike', () => {
    expect(mails('ann@mail.example bob@notharbour.example eve@harbour.example.evil.test dan@example')).toEqual([]);
    expect(mails('legal@harbour.example', 'forum.harbour.example')).toEqual(['legal@harbour.example']);
  });

  it('gives nothing of scripts, styles and comments, closed or not', () => {
    expect(
      mails('<script>"a@harbour.example"</script><!-- b@harbour.example --><style>c@harbour.example</style>'),
    ).toEqual([]);
    expect(mails('ok@harbour.example <script>late@harbour.example')).toEqual(['ok@harbour.example']);
    expect(textOf('<p onclick="x()">Hello<br>there</p>').trim()).toMatch(/^Hello\s+there$/);
  });

  it('is read without an error, whatever it says, and in a time that grows with its length', () => {
    fc.assert(fc.property(fc.string(), (html) => Array.isArray(contactsOfPage(html, 'harbour.example'))));
    // Of the length that a page may have: what grows with its square would take minutes.
    for (const piece of [
      '<script ',
      '</script ',
      '<!--',
      'a@',
      'a.',
      'a',
      '&#',
      '&a',
      'href=mailto:',
      'href ',
      '<',
      ' ',
    ])
      expect(mails(piece.repeat(2 ** 19 / piece.length))).toEqual([]);
  });
});
