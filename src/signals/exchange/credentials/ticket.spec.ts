import { describe, expect, it } from '@jest/globals';
import { issueTicket, subjectOf } from './ticket';

const key = Buffer.alloc(32, 7);
const ticket = issueTicket(key, 'us', 'credential-1', 1_000, 900);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a ticket', () => {
  it('is good until its last second and not in the next', () => {
    expect(subjectOf(key, 'us', ticket, 1_899)).toBe('credential-1');
    expect(subjectOf(key, 'us', ticket, 1_900)).toBeUndefined();
  });

  it('is of three parts as a JSON Web Token is', () => {
    const [header, body] = ticket.split('.').map((each) => Buffer.from(each, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(body ?? '')).toEqual({ iss: 'us', sub: 'credential-1', iat: 1_000, exp: 1_900 });
  });

  it.each([
    ['another key', issueTicket(Buffer.alloc(32, 8), 'us', 'credential-1', 1_000, 900)],
    ['another issuer', issueTicket(key, 'them', 'credential-1', 1_000, 900)],
    ['no signature', `${ticket.split('.').slice(0, 2).join('.')}.`],
    ['no algorithm', `${part({ alg: 'none', typ: 'JWT' })}.${ticket.split('.')[1]}.`],
    ['another subject', ticket.replace(/\.[^.]+\./, `.${part({ iss: 'us', sub: 'other', iat: 1_000, exp: 9_999 })}.`)],
    ['a fourth part', `${ticket}.x`],
    ['nothing', ''],
  ])('is not one with %s', (_, forged) => expect(subjectOf(key, 'us', forged, 1_000)).toBeUndefined());
});
