import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { requireAddress, requireUrl } from './addresses';

const code = (expected: string, details = {}) =>
  expect.objectContaining({ code: expected, details: expect.objectContaining(details) });
function refusal(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
const refusedUrl = (url: string, mode: 'public-only' | 'loopback-only' = 'public-only'): unknown =>
  refusal(() => requireUrl(url, mode));

/** Networks no public installation may call: RFC 6890 and its successors. */
const CLOSED_V4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4']; // prettier-ignore

const closedV4 = fc.tuple(fc.constantFrom(...CLOSED_V4), fc.nat({ max: 0xffffffff })).map(([network, salt]) => {
  const [base, bits] = ipaddr.IPv4.parseCIDR(network);
  const mask = bits === 32 ? 0 : 0xffffffff >>> bits;
  return (Buffer.from(base.octets).readUInt32BE() | (salt & mask)) >>> 0;
});

function* spellings(address: number): Generator<string> {
  const octets = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
  const dotted = octets.join('.');
  yield dotted;
  yield `${dotted}.`;
  yield String(address);
  yield `0x${address.toString(16)}`;
  yield `0${address.toString(8)}`;
  yield octets.map((octet) => `0x${octet.toString(16)}`).join('.');
  yield octets.map((octet) => `0${octet.toString(8)}`).join('.');
  yield `${octets[0]}.${address & 0xffffff}`;
  yield `${octets[0]}.${octets[1]}.${address & 0xffff}`;
  yield dotted.replaceAll('1', '①').replaceAll('.', '。');
  yield dotted
    .split('')
    .map((c) => `%${c.charCodeAt(0).toString(16)}`)
    .join('');
  const hex = address.toString(16).padStart(8, '0');
  const [high, low] = [hex.slice(0, 4), hex.slice(4)];
  yield `[::ffff:${dotted}]`;
  yield `[::ffff:${high}:${low}]`;
  yield `[::${dotted}]`;
  yield `[::ffff:0:${high}:${low}]`;
  yield `[64:ff9b::${high}:${low}]`;
  yield `[64:ff9b:1::${high}:${low}]`;
  yield `[2002:${high}:${low}::1]`;
  yield `[2001:0:${high}:${low}::1]`;
}

describe('addresses that may be called', () => {
  it('refuses every closed IPv4 network in every way of writing it, before any name is looked up', () => {
    fc.assert(
      fc.property(closedV4, (address) => {
        for (const spelling of spellings(address)) {
          expect([spelling, refusedUrl(`https://${spelling}/`)]).toEqual([spelling, code('egress.refused-address')]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '::',
    '::1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '2002::1',
    '4000::1',
    '200::1',
    'fe80::1%eth0',
    '::ffff:8.8.8.8',
    '168.63.129.16',
    'not an address',
    '',
  ])(/* prettier-ignore */ 'refuses %s as an answer of a name server', (address) => {
    expect(refusal(() => requireAddress(address, 'public-only'))).toEqual(code('egress.refused-address'));
  });

  it.each(['8.8.8.8', '1.1.1.1', '193.0.6.139', '2606:4700:4700::1111', '2a00:1450:4007::1'])(
    'lets %s pass',
    (address) => {
      expect(refusal(() => requireAddress(address, 'public-only'))).toBeUndefined();
    },
  );

  it('lets the demo reach this machine and nothing else', () => {
    for (const address of ['127.0.0.1', '127.8.9.10', '::1']) {
      expect(refusal(() => requireAddress(address, 'loopback-only'))).toBeUndefined();
    }
    for (const address of ['8.8.8.8', '10.0.0.1', '169.254.169.254', '0.0.0.0', '::', '2606:4700::1', 'fe80::1']) {
      expect(refusal(() => requireAddress(address, 'loopback-only'))).toEqual(code('egress.refused-address'));
    }
    expect(requireUrl('http://127.0.0.1:3001/hook', 'loopback-only').port).toBe('3001');
  });
});

describe('forms of an address that may be called', () => {
  it.each(['http', 'ftp', 'file', 'gopher', 'data', 'javascript', 'ws', 'blob', 'node', 'unix'])(
    'refuses %s:',
    (scheme) => {
      const reason = expect.stringMatching(/^(scheme|unreadable)$/);
      expect(refusedUrl(`${scheme}://hook.example/`)).toEqual(code('egress.refused-scheme', { reason }));
    },
  );

  it('refuses credentials in an address, ports of other services and what is not an address', () => {
    const reason = (expected: string) => code('egress.refused-scheme', { reason: expected });
    expect(refusedUrl('https://a:b@hook.example/')).toEqual(reason('credentials'));
    expect(refusedUrl('https://a@hook.example/')).toEqual(reason('credentials'));
    expect(refusedUrl('https://hook.example@127.0.0.1/')).toEqual(reason('credentials'));
    for (const port of [22, 25, 80, 5432, 6379, 9200]) {
      expect(refusedUrl(`https://hook.example:${port}/`)).toEqual(reason('port'));
    }
    for (const text of [
      '',
      '/hook',
      'hook.example',
      'https://',
      'https://exa mple/',
      'https://1.2.3.4.5/',
      'https://256.1.1.1/',
    ]) {
      expect(refusedUrl(text)).toEqual(reason('unreadable'));
    }
  });

  it.each([
    'https://hook.example/a?b',
    'https://hook.example:8443/',
    'https://bücher.example/',
    'https://hook.example./',
  ])('lets %s pass', (url) => {
    expect(requireUrl(url, 'public-only')).toBeInstanceOf(URL);
  });
});
