import { readVantages } from './vantage';

describe('the places from which addresses are looked at', () => {
  it('are this machine, proxies with their login, or none', () => {
    expect(readVantages('off')).toEqual([]);
    expect(readVantages('here')).toEqual([{ name: 'here', proxy: null }]);
    expect(readVantages('fr=https://u:p%3D@proxy.example, us=http://10.0.0.9:3128')).toEqual([
      { name: 'fr', proxy: { host: 'proxy.example', port: 443, secure: true, authorization: `Basic ${btoa('u:p=')}` } },
      { name: 'us', proxy: { host: '10.0.0.9', port: 3128, secure: false, authorization: null } },
    ]);
  });

  it.each([
    ['', 'entry 1 has no name'],
    ['here,', 'entry 2 has no name'],
    ['a,a', 'the name a is there twice'],
    ['a=socks5://x.example', 'the proxy of a is not an address'],
    ['http://u:secret@proxy.example', 'entry 1 has no name'],
  ])('are refused as %j, without a password in the words', (text, words) => {
    expect(readVantages(text)).toContain(words);
    expect(readVantages(text)).not.toContain('secret');
  });
});
