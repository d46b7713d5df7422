import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AnnexI } from './forms/forms';
import {
  categoryOf,
  judge,
  receiptOf,
  RECEIVED_REASONS,
  type ReceivedFacts,
  type SignatureFinding,
} from './received-orders';

const FORM: AnnexI = {
  a: {
    issuingMemberState: 'FR',
    addressee: 'Harbour Video S.A.',
    contactPoint: 'tco@harbour.example',
    homeMemberState: 'IE',
    issuedAt: '2026-03-02T08:30:00Z',
    reference: 'UNIT-A/17',
  },
  b: {
    targets: [{ url: 'https://video.harbour.example/watch?v=1', additionalInfo: '' }],
    types: ['e', 'a'],
    reasons: 'Reasons.',
  },
  c: { nonDisclosure: false },
  d: { crossBorder: true, copySent: true },
  e: {
    type: 'LAW_ENFORCEMENT',
    name: 'Unit A',
    representative: 'Duty officer',
    post: 'Inspector',
    fileNo: '17',
    address: '1 Example Street',
    tel: '+33 1 00 00 00 00',
    fax: '',
    email: 'duty@unit-a.example',
    date: '2026-03-02',
    signature: '',
  },
  f: { issuer: 'Unit A', home: 'Home authority' },
  g: { body: 'Court', deadline: { n: 2, unit: 'months', from: 'receipt' }, lawUrl: 'https://law.example/redress' },
};

const FACTS: ReceivedFacts = {
  form: FORM,
  signature: 'valid',
  authority: { country: 'FR', competences: ['order'] },
  receivedAt: new Date('2026-03-02T09:00:00Z'),
  us: {
    names: ['Harbour Video SA', 'harbour video s a'],
    contacts: ['TCO@harbour.example'],
    hosts: ['harbour.example'],
    homeCountry: 'IE',
  },
};
const withA = (more: Partial<AnnexI['a']>): ReceivedFacts => ({
  ...FACTS,
  form: { ...FORM, a: { ...FORM.a, ...more } },
});
const withUrls = (...urls: string[]): ReceivedFacts => ({
  ...FACTS,
  form: { ...FORM, b: { ...FORM.b, targets: urls.map((url) => ({ url, additionalInfo: '' })) } },
});

describe('an order that came from outside', () => {
  it('is recognised when a key of a registered, competent authority signed it and nothing contradicts it', () => {
    expect(judge(FACTS)).toEqual({ state: 'recognised', reasons: [], errors: [] });
  });

  it.each([
    ['none', 'unsigned'],
    ['invalid', 'signature_invalid'],
    ['unknown_key', 'unknown_signer'],
    ['revoked', 'key_revoked'],
  ] as const)('waits for people with the signature %s: %s', (signature, reason) => {
    expect(judge({ ...FACTS, signature })).toMatchObject({ state: 'quarantined', reasons: [reason] });
  });

  it('waits for people where the authority is not registered, outside of the Union, or not named for orders', () => {
    const by = (authority: ReceivedFacts['authority']) => judge({ ...FACTS, authority }).reasons;
    expect(by(null)).toEqual(['authority_not_registered']);
    expect(by({ country: 'FR', competences: ['scrutinise', 'penalise'] })).toEqual(['authority_not_competent']);
    expect(by({ country: 'CH', competences: [] })).toEqual(['not_a_member_state', 'manifest_errors']);
  });

  it('knows its addressee by name, legal representative or contact point, however they are written', () => {
    expect(judge(withA({ addressee: 'HARBOUR  video, S.A.' })).state).toBe('recognised');
    expect(judge(withA({ addressee: 'Other', legalRepresentative: 'Harbour Video SA' })).state).toBe('recognised');
    expect(judge(withA({ addressee: 'Other' })).state).toBe('recognised');
    const unclear = judge(withA({ addressee: 'Other', contactPoint: 'x@other.example' }));
    expect(unclear).toMatchObject({ reasons: ['manifest_errors'], errors: ['addressee_unclear'] });
  });

  it('is not ours when neither addressee, contact point nor any target is', () => {
    const other = { addressee: 'Other', contactPoint: 'x@other.example' };
    const facts = withUrls('https://other.example/1', 'https://notharbour.example/2');
    const judged = judge({ ...facts, form: { ...facts.form, a: { ...FORM.a, ...other } } });
    expect(judged).toEqual({ state: 'quarantined', reasons: ['not_addressed_to_us'], errors: [] });
  });

  it('names what contradicts itself or the register (Art. 3(8))', () => {
    const errorsOf = (facts: ReceivedFacts): readonly string[] => judge(facts).errors;
    expect(errorsOf(withA({ issuedAt: '2026-03-02T09:00:00.001Z' }))).toEqual(['issued_after_receipt']);
    expect(errorsOf(withA({ issuedAt: '2026-03-02T09:00:00Z' }))).toEqual([]);
    expect(errorsOf(withA({ homeMemberState: 'DE' }))).toEqual(['home_state']);
    expect(errorsOf({ ...FACTS, authority: { country: 'BE', competences: ['order'] } })).toEqual(['issuing_state']);
    expect(errorsOf(withUrls('https://harbour.example/1', 'not an address'))).toEqual(['target_unreadable']);
    expect(errorsOf(withUrls('https://other.example/1'))).toEqual(['target_elsewhere']);
    expect(errorsOf(withUrls('https://other.example/1', 'https://harbour.example/1'))).toEqual([]);
  });

  it('is recognised only without any reason, whatever the facts, and its reasons are of the list, each once', () => {
    const signatures: SignatureFinding[] = ['none', 'invalid', 'unknown_key', 'revoked', 'valid'];
    fc.assert(
      fc.property(
        fc.constantFrom(...signatures),
        fc.option(fc.record({ country: fc.constantFrom('FR', 'CH'), competences: fc.subarray(['order', 'penalise'] as const) })),
        fc.constantFrom('Harbour Video SA', 'Other'),
        fc.constantFrom('https://harbour.example/1', 'https://other.example/1', 'nothing'),
        (signature, authority, addressee, url) => {
          const facts = withUrls(url);
          const { state, reasons, errors } = judge({
            ...facts,
            form: { ...facts.form, a: { ...FORM.a, addressee, contactPoint: 'x@other.example' } },
            signature,
            authority,
          });
          expect(state === 'recognised').toBe(reasons.length === 0);
          if (state === 'recognised') expect([signature, authority?.country]).toEqual(['valid', 'FR']);
          expect(reasons.includes('manifest_errors')).toBe(errors.length > 0);
          expect(RECEIVED_REASONS.filter((reason) => reasons.includes(reason))).toHaveLength(reasons.length);
        },
      ),
    );
  }); // prettier-ignore
});

describe('the receipt of an order', () => {
  const intake = new Date('2026-03-02T09:00:00Z');
  it('is the earlier one of what the platform says and our intake; one in the future is refused', () => {
    expect(receiptOf(null, intake)).toBe(intake);
    expect(receiptOf(intake, intake)).toEqual(intake);
    expect(receiptOf(new Date(intake.getTime() - 1), intake)).toEqual(new Date(intake.getTime() - 1));
    expect(receiptOf(new Date(intake.getTime() + 1), intake)).toBeNull();
  });
});

it('counts an order with several points of Art. 2(7) under the first', () => {
  expect(categoryOf(FORM)).toBe('incitement');
});
