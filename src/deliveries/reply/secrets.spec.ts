import * as fc from 'fast-check';
import { makeCode, makeForm, makeToken, openForm, readCode, shownCode } from './secrets';

const now = new Date('2026-03-02T09:00:00.000Z');
const HOUR = 3_600_000;

describe('what a mail carries', () => {
  it('is a token of 256 bits and a code that is read however it is typed', () => {
    expect(Buffer.from(makeToken(), 'base64url')).toHaveLength(32);
    fc.assert(
      fc.property(fc.constant(null), () => {
        const code = makeCode();
        expect(shownCode(code)).toMatch(/^.{4}-.{4}-.{4}$/);
        expect(readCode(` ${shownCode(code).toLowerCase()} `)).toBe(code);
        expect(readCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(code);
      }),
    );
  });

  it('is no code when anything else is typed', () => {
    fc.assert(fc.property(fc.string(), (typed) => readCode(typed) === null || typed.length >= 12));
    for (const none of ['', 'ABCD', 'UUUU-UUUU-UUUU', '0000-0000-00000']) expect(readCode(none)).toBeNull();
  });
});

describe('a form', () => {
  it('opens for the link it was shown to, for twelve hours', () => {
    const token = makeToken();
    const form = makeForm(token, now);
    expect(openForm(token, form, new Date(now.getTime() + 12 * HOUR))).toMatch(/^[0-9a-f]{32}$/);
    expect(openForm(token, form, new Date(now.getTime() + 12 * HOUR + 1))).toBeNull();
    expect(openForm(token, form, new Date(now.getTime() - HOUR))).toBeNull();
    expect(openForm(makeToken(), form, now)).toBeNull();
  });

  it('does not open when anything in it was changed', () => {
    const token = makeToken();
    const form = makeForm(token, now);
    fc.assert(
      fc.property(fc.nat(form.length - 1), fc.constantFrom(...'0123456789abcdef.'), (at, letter) => {
        const forged = form.slice(0, at) + letter + form.slice(at + 1);
        return forged === form || openForm(token, forged, now) === null;
      }),
    );
  });
});
