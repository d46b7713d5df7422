import * as fc from 'fast-check';
import {
  annexI,
  annexII,
  annexIII,
  referral,
  referralResponse,
  ARTICLE_2_7,
  AUTHORITY_TYPES,
  IMPOSSIBILITY_GROUNDS,
  MEASURES,
  REFERRAL_DECISIONS,
  type AnnexI,
  type AnnexII,
  type AnnexIII,
  type Form,
  type Referral,
  type ReferralResponse,
} from '../../src/domain/forms/forms';
import { EU_MEMBER_STATES } from '../../src/domain/union';

/** One form of each kind, of an authority and a platform that do not exist. */
export const ORDER: AnnexI = {
  a: {
    issuingMemberState: 'FR',
    addressee: 'Harbour Video SA',
    contactPoint: 'tco@harbour.example',
    homeMemberState: 'IE',
    issuedAt: '2026-03-29T01:59:30+01:00',
    reference: 'UNIT-A/2026/000017',
  },
  b: {
    targets: [
      { url: 'https://harbour.example/watch?v=abstract-1', additionalInfo: 'From minute 2' },
      { url: `https://harbour.example/${'long/'.repeat(60)}end`, additionalInfo: '', screenshotRef: 'exhibit 4' },
    ],
    types: ['a', 'e'],
    reasons: 'First reason, in words.\nSecond reason: čeština, ελληνικά, български.',
  },
  c: { nonDisclosure: true },
  d: { crossBorder: true, copySent: true },
  e: {
    type: 'LAW_ENFORCEMENT',
    name: 'Unit A',
    representative: 'Duty officer',
    post: 'Chief inspector',
    fileNo: '17/2026',
    address: '1 Example Street\n00000 Example',
    tel: '+33 1 00 00 00 00',
    fax: '',
    email: 'duty@unit-a.example',
    date: '2026-03-29',
    signature: '',
  },
  f: { issuer: 'Unit A, duty@unit-a.example', home: 'Home authority, contact@home.example' },
  g: { body: 'Administrative court of Example', deadline: { n: 2, unit: 'months', from: 'receipt' }, lawUrl: 'https://law.example/redress' },
}; // prettier-ignore

const REFERENCES = {
  addressee: 'Harbour Video SA',
  issuer: 'Unit A',
  issuerRef: 'UNIT-A/2026/000017',
  addresseeRef: 'HV-99',
  receivedAt: '2026-03-29T00:59:31Z',
  hsp: { name: 'Harbour Video SA', memberState: 'IE' },
  authorisedPerson: 'Trust and safety',
  contactEmail: 'tco@harbour.example',
} as const;
export const FEEDBACK: AnnexII = { ...REFERENCES, measure: 'REMOVED', measureAt: '2026-03-29T01:20:00Z', date: '2026-03-29' }; // prettier-ignore
export const IMPOSSIBLE: AnnexIII = { ...REFERENCES, ground: 'INSUFFICIENT_INFO', explanation: 'The address leads to a folder.', clarificationNeeded: 'Which file?', signature: '', date: '2026-03-29T01:20:00Z' }; // prettier-ignore
export const REFERRAL: Referral = { id: 'REF-1', referrer: 'Unit A', target: { url: 'https://harbour.example/watch?v=abstract-2' }, grounds: { tosClause: '4.2' }, category: 'a', language: 'ar', evidenceRef: 'exhibit 5', requestedAction: 'review', voluntary: true, sentAt: '2026-03-29T00:59:31Z' }; // prettier-ignore
export const RESPONSE: ReferralResponse = { ackAt: '2026-03-29T01:00:00Z', decision: 'no_action', basis: 'tos', reasons: 'A report on the history of clocks.', decidedAt: '2026-03-29T01:10:00Z', appealable: true }; // prettier-ignore

export const ONE_OF_EACH: readonly Form[] = [
  annexI(ORDER),
  annexII(FEEDBACK),
  annexIII(IMPOSSIBLE),
  referral(REFERRAL),
  referralResponse('REF-1', RESPONSE),
];

const hidden = /[\u0000-\u001f\u007f-\u009f]/u; // oxlint-disable-line no-control-regex
const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !hidden.test(text));
const maybe = fc.oneof(fc.constant(''), line);
const instant = fc
  .date({ min: new Date('2021-06-07T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = instant.map((at) => at.slice(0, 10));
const state = fc.constantFrom(...EU_MEMBER_STATES);
const email = fc.constantFrom('duty@unit-a.example', 'a.b+c@harbour.example');
const hsp = fc.oneof(
  fc.record({ name: line, memberState: state }),
  fc.record({ legalRepName: line, memberState: state }),
);

const order: fc.Arbitrary<AnnexI> = fc
  .record({ issuing: state, home: state, line, other: line, maybe, instant, day, email, flag: fc.boolean(), n: fc.integer({ min: 1, max: 1000 }), unit: fc.constantFrom('days', 'months'), type: fc.constantFrom(...AUTHORITY_TYPES), types: fc.subarray([...ARTICLE_2_7], { minLength: 1 }), targets: fc.array(fc.record({ url: line, additionalInfo: maybe, screenshotRef: line }, { requiredKeys: ['url', 'additionalInfo'] }), { minLength: 1, maxLength: 8 }) })
  .map((g) => ({
    a: { issuingMemberState: g.issuing, addressee: g.line, ...(g.flag ? { legalRepresentative: g.other } : {}), contactPoint: g.other, homeMemberState: g.home, issuedAt: g.instant, reference: g.line },
    b: { targets: g.targets, types: g.types, reasons: `${g.line}\n${g.other}` },
    c: { nonDisclosure: g.flag },
    d: { crossBorder: g.issuing !== g.home, copySent: g.issuing !== g.home },
    e: { type: g.type, name: g.line, representative: g.other, post: g.line, fileNo: g.other, address: g.line, tel: g.other, fax: g.maybe, email: g.email, date: g.day, ...(g.flag ? {} : { stamp: g.line }), signature: g.maybe },
    f: { issuer: g.line, ...(g.issuing !== g.home || g.flag ? { home: g.other } : {}) },
    g: { body: g.line, deadline: { n: g.n, unit: g.unit, from: g.other }, lawUrl: 'https://law.example/redress' },
  })); // prettier-ignore

const answer = { addressee: line, issuer: line, issuerRef: line, addresseeRef: line, receivedAt: fc.constant('2021-06-07T00:00:00Z'), hsp, authorisedPerson: line, contactEmail: email }; // prettier-ignore
const impossible = fc
  .record({ ...answer, ground: fc.constantFrom(...IMPOSSIBILITY_GROUNDS), explanation: line, signature: maybe, date: instant, needed: line })
  .map(({ needed, ...rest }) => (rest.ground === 'FORCE_MAJEURE' ? rest : { ...rest, clarificationNeeded: needed })); // prettier-ignore
const target = fc.oneof(fc.record({ url: line }), fc.record({ account: line }), fc.record({ channel: line }), fc.record({ file: line })); // prettier-ignore

/** Any form that the schemas allow, with short texts in any script. */
export const anyForm: fc.Arbitrary<Form> = fc.oneof(
  order.map(annexI),
  fc.record({ ...answer, measure: fc.constantFrom(...MEASURES), measureAt: instant, date: day }).map(annexII),
  impossible.map(annexIII),
  fc
    .record({ id: line, referrer: line, target, grounds: fc.oneof(fc.record({ tosClause: line }), fc.record({ legalRef: line, tosClause: line })), category: fc.constantFrom(...ARTICLE_2_7, 'other' as const), language: fc.constantFrom('ar', 'pt-BR', 'zh-Hant'), evidenceRef: line, requestedAction: fc.constantFrom('review' as const, 'review_and_preserve' as const), voluntary: fc.constant(true as const), sentAt: instant })
    .map(referral),
  fc
    .record({ of: line, decision: fc.constantFrom(...REFERRAL_DECISIONS), basis: fc.constantFrom('tos' as const, 'law' as const), reasons: line, decidedAt: instant, appealable: fc.boolean() })
    .map(({ of, ...rest }) => referralResponse(of, { ...rest, ackAt: '2021-06-07T00:00:00Z' })),
); // prettier-ignore
