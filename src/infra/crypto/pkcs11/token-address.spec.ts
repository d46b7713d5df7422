import { parseTokenAddress, parseTokenFile, TokenAddressError } from './token-address';

const MODULE = 'module-path=/usr/lib/module.so';
const refused = (uri: string): void => expect(() => parseTokenAddress(uri)).toThrow(TokenAddressError);

describe('the address of a key on a token (RFC 7512)', () => {
  it('names token, object, module and the file of the PIN, with its characters as they are meant', () => {
    const uri = `pkcs11:token=Unit%20A%3b%3D;object=%C5%BElu%C5%A5;id=%00%01a?${MODULE}&pin-source=file:/etc/pin%20file`;
    expect(parseTokenAddress(uri)).toEqual({
      module: '/usr/lib/module.so',
      token: { label: 'Unit A;=' },
      object: { label: 'žluť', id: Buffer.from([0, 1, 0x61]) },
      pinFile: '/etc/pin file',
    });
    expect(parseTokenAddress(`pkcs11:serial=42;type=private;id=%01?pin-source=/etc/pin&${MODULE}`)).toMatchObject({
      token: { serial: '42' },
      pinFile: '/etc/pin',
    });
  });

  it('is refused with a PIN in it, a program to ask for one, or what is not understood', () => {
    const good = `pkcs11:token=A;object=b?${MODULE}`;
    expect(parseTokenAddress(good).module).toBe('/usr/lib/module.so');
    refused(`${good}&pin-value=1234`);
    refused(`${good}&pin-source=|cat%20/etc/pin`);
    refused(`${good}&pin-source=pin`);
    refused(`pkcs11:token=A;slot-id=1;object=b?${MODULE}`);
    refused(`pkcs11:token=A;token=B;object=b?${MODULE}`);
    refused(`pkcs11:token=A;object=b;type=cert?${MODULE}`);
    refused(`pkcs11:token=A;object=b%2?${MODULE}`);
    refused(`pkcs11:token=A b;object=b?${MODULE}`);
    refused(`pkcs11:object=b?${MODULE}`);
    refused(`pkcs11:token=A?${MODULE}`);
    refused('pkcs11:token=A;object=b');
    refused('pkcs11:token=A;object=b?module-path=module.so');
    refused(`${good}?x`);
    refused('https://token.example');
  });

  it('does not repeat a value in what it says is wrong', () => {
    for (const uri of [`pkcs11:token=A;object=b?${MODULE}&pin-value=987654`, 'pkcs11:987654'])
      expect(() => parseTokenAddress(uri)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('987654') }) as Error); // prettier-ignore
  });
});

describe('a file that names a token', () => {
  const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----';

  it('has one address, settings for the module, certificates and comments, in any order', () => {
    const text = `# the seal\r\n${PEM}\nMODULE_CONF=/etc/a=b.conf\r\n\npkcs11:token=A;object=b?${MODULE}\n${PEM}\n`;
    expect(parseTokenFile(text)).toEqual({
      address: parseTokenAddress(`pkcs11:token=A;object=b?${MODULE}`),
      environment: { MODULE_CONF: '/etc/a=b.conf' },
      certificates: [PEM, PEM],
    });
  });

  it('is refused with two addresses or none', () => {
    const address = `pkcs11:token=A;object=b?${MODULE}`;
    for (const text of [`${address}\n${address}`, PEM, ''])
      expect(() => parseTokenFile(text)).toThrow(TokenAddressError);
  });
});
