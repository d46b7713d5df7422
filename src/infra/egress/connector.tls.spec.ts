import { createServer, type Server } from 'node:https';
import { CheckedConnector } from './connector';

/** Made for these tests alone, for hook.example, self-signed: nobody trusts it and it protects nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnTCCAUSgAwIBAgIUSTgq1NSzs6VaJVVZfviHjmu+cjswCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMaG9vay5leGFtcGxlMCAXDTI2MTEyMzExMTk0OVoYDzIxMjYx
MDMwMTExOTQ5WjAXMRUwEwYDVQQDDAxob29rLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARLPh02vESyk6DyeMsBbgbwI2eHA+Pk2B4YcFIr/JDMrMZd
fY23cx+TtFkSbaJwNeUzWLlDb8seEkJTPhM/a76No2wwajAdBgNVHQ4EFgQU2f8Z
N7Mh6gk6Qmpinqi020gLW3MwHwYDVR0jBBgwFoAU2f8ZN7Mh6gk6Qmpinqi020gL
W3MwDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxob29rLmV4YW1wbGUwCgYI
KoZIzj0EAwIDRwAwRAIgT6He2iffx8zSbc2D09K9e6VCDaXbZYP0pSJlwuqojCcC
IBEYsO2bMjByUWKYyET3h/2UTX1KjDIwAVY8iTRwyqPH
-----END CERTIFICATE-----
`;
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfQ8srVBJ6N/tzvW5
mXZ1qYgqNBuFOWBRVk9Qs6g4PF+hRANCAARLPh02vESyk6DyeMsBbgbwI2eHA+Pk
2B4YcFIr/JDMrMZdfY23cx+TtFkSbaJwNeUzWLlDb8seEkJTPhM/a76N
-----END PRIVATE KEY-----
`;

let server: Server;
let port: number;
let requests = 0;
beforeAll(async () => {
  server = createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (_, response) => {
    requests++;
    response.end('over TLS');
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function call(host: string, ca?: readonly string[]): Promise<unknown> {
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  const connector = new CheckedConnector({ mode: 'loopback-only', lookup, ...(ca ? { ca } : {}) });
  try {
    return (await connector.fetch(`https://${host}:${port}/`)).body.toString();
  } catch (error) {
    return error;
  } finally {
    await connector.onApplicationShutdown();
  }
}

const failed = (reason: string) => expect.objectContaining({ code: 'egress.failed', details: { reason } });

describe('TLS', () => {
  it('reaches a server whose certificate an authority vouches for', async () => {
    expect(await call('hook.example', [CERTIFICATE])).toBe('over TLS');
    expect(await call('hook.example.', [CERTIFICATE])).toBe('over TLS');
  });

  it('sends nothing to a server that nobody vouches for, even when the environment says not to look', async () => {
    const before = requests;
    expect(await call('hook.example')).toEqual(failed('DEPTH_ZERO_SELF_SIGNED_CERT'));
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await call('hook.example')).toEqual(failed('DEPTH_ZERO_SELF_SIGNED_CERT'));
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(requests).toBe(before);
  });

  it('sends nothing to a server that shows the certificate of another name', async () => {
    const before = requests;
    expect(await call('other.example', [CERTIFICATE])).toEqual(failed('ERR_TLS_CERT_ALTNAME_INVALID'));
    expect(await call('127.0.0.1', [CERTIFICATE])).toEqual(failed('ERR_TLS_CERT_ALTNAME_INVALID'));
    expect(requests).toBe(before);
  });
});
