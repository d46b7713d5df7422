import * as fc from 'fast-check';
import { anyForm, FEEDBACK, IMPOSSIBLE, ONE_OF_EACH, ORDER, REFERRAL, RESPONSE } from '../../../test/support/forms';
import { DomainError } from '../../domain/errors';
import { annexI, annexII, annexIII, referral, referralResponse, type AnnexI } from '../../domain/forms/forms';
import { CONTENT_SCHEMAS } from '../../domain/forms/schemas';
import { validForm } from './validate-form';

function pointersOf(value: unknown): string[] {
  try {
    validForm(value);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'request.invalid' });
    return (error as DomainError).faults.map(({ pointer }) => pointer);
  }
}
const order = (change: Partial<AnnexI>): unknown => annexI({ ...ORDER, ...change });

describe('the schemas of the forms', () => {
  it('take every form that their types describe', () => {
    fc.assert(fc.property(anyForm, (form) => expect(pointersOf(form)).toEqual([])));
  });

  it('take nothing that is missing one of its members', () => {
    for (const form of ONE_OF_EACH) {
      const required = CONTENT_SCHEMAS[form.form].required as readonly string[];
      expect(required.length).toBeGreaterThan(5);
      for (const name of required) {
        const content = Object.fromEntries(Object.entries(form.content).filter(([key]) => key !== name));
        expect([form.form, name, pointersOf({ ...form, content })]).toEqual([form.form, name, expect.arrayContaining([`/content/${name}`])]);
      }
    }
  }); // prettier-ignore

  it('take no member that they do not name, at any depth', () => {
    for (const form of ONE_OF_EACH) {
      expect(pointersOf({ ...form, more: 1 })).toContain('/more');
      expect(pointersOf({ ...form, content: { ...form.content, more: 1 } })).toContain('/content/more');
    }
    expect(pointersOf(order({ g: { ...ORDER.g, more: 1 } as never }))).toContain('/content/g/more');
    const [target] = ORDER.b.targets;
    expect(pointersOf(order({ b: { ...ORDER.b, targets: [{ ...target!, 'a/b~c': 1 } as never] } }))).toContain('/content/b/targets/0/a~1b~0c'); // prettier-ignore
  });

  it('take instants with their zone only, and days that exist', () => {
    for (const issuedAt of [
      '2026-03-29T01:59:30',
      '2026-03-29',
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-06-30T23:59:60Z',
      '2026-06-30t23:59:59z',
      '2026-06-30 23:59:59Z',
    ]) {
      expect(pointersOf(order({ a: { ...ORDER.a, issuedAt } }))).toContain('/content/a/issuedAt');
    }
    expect(pointersOf(order({ e: { ...ORDER.e, date: '2026-02-30' } }))).toContain('/content/e/date');
  });

  it('take an order without a target, a type or a reason for none', () => {
    expect(pointersOf(order({ b: { ...ORDER.b, targets: [] } }))).toContain('/content/b/targets');
    expect(pointersOf(order({ b: { ...ORDER.b, types: [] } }))).toContain('/content/b/types');
    expect(pointersOf(order({ b: { ...ORDER.b, types: ['f'] as never } }))).toContain('/content/b/types/0');
    expect(pointersOf(order({ b: { ...ORDER.b, reasons: '' } }))).toContain('/content/b/reasons');
  });

  it('take no text with characters that print nothing, and no half of a character', () => {
    expect(pointersOf(order({ a: { ...ORDER.a, addressee: 'a\u0000b' } }))).toContain('/content/a/addressee');
    expect(pointersOf(order({ a: { ...ORDER.a, addressee: 'a\nb' } }))).toContain('/content/a/addressee');
    expect(pointersOf(order({ a: { ...ORDER.a, addressee: 'a\ud800' } }))).not.toEqual([]);
  });

  it('let a referral be nothing but voluntary, with one target and a ground', () => {
    expect(pointersOf(referral({ ...REFERRAL, voluntary: false as never }))).toContain('/content/voluntary');
    expect(pointersOf(referral({ ...REFERRAL, grounds: {} }))).toContain('/content/grounds');
    expect(pointersOf(referral({ ...REFERRAL, target: { url: 'x', account: 'y' } }))).not.toEqual([]);
    expect(pointersOf({ ...referralResponse('x', RESPONSE), inReplyTo: undefined })).not.toEqual([]);
  });
});

describe('what no schema can say', () => {
  it('ties the boxes of section D to the two Member States', () => {
    const home = { ...ORDER.a, homeMemberState: ORDER.a.issuingMemberState };
    expect(pointersOf(order({ d: { crossBorder: false, copySent: true } }))).toEqual(['/content/d/crossBorder']);
    expect(pointersOf(order({ d: { crossBorder: true, copySent: false } }))).toEqual(['/content/d/copySent']);
    expect(pointersOf(order({ a: home }))).toEqual(['/content/d/crossBorder', '/content/d/copySent']);
    expect(pointersOf(order({ a: home, d: { crossBorder: false, copySent: false }, f: { issuer: 'x' } }))).toEqual([]);
    expect(pointersOf(order({ f: { issuer: 'x' } }))).toEqual(['/content/f/home']);
  });

  it('asks for a clarification with errors and missing information, and with force majeure for none', () => {
    const { clarificationNeeded, ...rest } = IMPOSSIBLE;
    for (const ground of ['MANIFEST_ERRORS', 'INSUFFICIENT_INFO'] as const) {
      expect(pointersOf(annexIII({ ...rest, ground }))).toContain('/content/clarificationNeeded');
      expect(pointersOf(annexIII({ ...IMPOSSIBLE, ground }))).toEqual([]);
    }
    expect(pointersOf(annexIII({ ...rest, ground: 'FORCE_MAJEURE' }))).toEqual([]);
    expect(pointersOf(annexIII({ ...rest, ground: 'FORCE_MAJEURE', clarificationNeeded: clarificationNeeded! }))).toContain('/content/clarificationNeeded'); // prettier-ignore
  });

  it('counts a measure at the instant of receipt as possible and one before it as not', () => {
    expect(pointersOf(annexII({ ...FEEDBACK, measureAt: FEEDBACK.receivedAt }))).toEqual([]);
    expect(pointersOf(annexII({ ...FEEDBACK, measureAt: '2026-03-29T01:59:30+01:00' }))).toEqual([
      '/content/measureAt',
    ]);
    expect(pointersOf(referralResponse('x', { ...RESPONSE, decidedAt: '2026-03-29T00:59:59Z' }))).toEqual(['/content/decidedAt']); // prettier-ignore
  });
});
