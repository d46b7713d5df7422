import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MOST_CONTACTS } from './found';
import { basesOf, contactsOfRdap, questionsOf, registryOf } from './rdap';

const BOOTSTRAP = {
  services: [
    [
      ['example', 'test'],
      ['http://plain.example/rdap', 'https://rdap.example/v1/'],
    ],
    [['co.example'], ['https://co.example/']],
    'nonsense',
    [[7], ['https://never.example/']],
  ],
};
const NETWORKS = {
  services: [
    [['203.0.0.0/8'], ['https://wide.example/']],
    [['203.0.113.0/24'], ['https://narrow.example/']],
  ],
};
const card = (...properties: unknown[]): unknown => ['vcard', [['version', {}, 'text', '4.0'], ...properties]];

describe('which registry answers for a host', () => {
  it('is the one whose entry names it most closely, over https where it offers that', () => {
    expect(basesOf(BOOTSTRAP, 'dns', 'harbour.example')[0]).toBe('https://rdap.example/v1/');
    expect(basesOf(BOOTSTRAP, 'dns', 'harbour.co.example')).toEqual(['https://co.example/']);
    expect(basesOf(NETWORKS, 'ipv4', '203.0.113.9')).toEqual(['https://narrow.example/']);
  });

  it('is none for a name, a network or a file that says nothing', () => {
    expect(basesOf(BOOTSTRAP, 'dns', 'harbour.notexample')).toEqual([]);
    expect(basesOf(NETWORKS, 'ipv6', '[2001:db8::1]')).toEqual([]);
    for (const file of [null, [], 'x', { services: 1 }, { services: [[]] }])
      expect(basesOf(file, 'dns', 'a.example')).toEqual([]);
  });

  it('is asked for the shortest name first, and for a network by its address', () => {
    expect([registryOf('harbour.example'), registryOf('203.0.113.9'), registryOf('[2001:db8::1]')]).toEqual([
      'dns',
      'ipv4',
      'ipv6',
    ]);
    expect(questionsOf('dns', 'a.b.harbour.example')).toEqual([
      'domain/harbour.example',
      'domain/b.harbour.example',
      'domain/a.b.harbour.example',
    ]);
    expect(questionsOf('ipv6', '[2001:db8::1]')).toEqual(['ip/2001:db8::1']);
  });
});

describe('the contacts in a registry’s answer', () => {
  it('are those for abuse first, wherever they stand, and none of a technical contact', () => {
    const answer = {
      entities: [
        { roles: ['registrant'], vcardArray: card(['email', {}, 'text', 'owner@harbour.example']) },
        { roles: ['technical'], vcardArray: card(['email', {}, 'text', 'noc@harbour.example']) },
        {
          roles: ['registrar'],
          entities: [
            {
              roles: ['abuse'],
              vcardArray: card(
                ['email', {}, 'text', 'abuse@registrar.example'],
                ['tel', {}, 'uri', 'tel:+1.5550100;ext=7'],
              ),
            },
          ],
        },
      ],
    };
    expect(contactsOfRdap(answer)).toEqual([
      { kind: 'email', value: 'abuse@registrar.example' },
      { kind: 'telephone', value: '+1 5550100' },
      { kind: 'email', value: 'owner@harbour.example' },
    ]);
  });

  it('are few however many a server lists, and none where it lists no card', () => {
    const entities = Array.from({ length: 500 }, (_, i) => ({
      roles: ['abuse'],
      vcardArray: card(['email', {}, 'text', `a${i}@harbour.example`]),
    }));
    expect(contactsOfRdap({ entities }).length).toBe(MOST_CONTACTS);
    expect(contactsOfRdap({ entities: [{ roles: ['abuse'], vcardArray: ['vcard', 7] }, null, 'x'] })).toEqual([]);
  });

  it('come of any answer without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        Array.isArray(contactsOfRdap({ entities: [value, { roles: ['abuse'], vcardArray: value }] })),
      ),
    );
  });
});
