import { createServer, type Server } from 'node:https';
import { CheckedConnector } from './connector';

/** Made for these tests alone, for hook.localhost, self-signed: nobody trusts it and it protects nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBpTCCAUqgAwIBAgIUc5dncTbusd4akzZhfMFRxbgZ0EIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOaG9vay5sb2NhbGhvc3QwIBcNMjYxMTIzMTMwNzQyWhgPMjEy
NjEwMzAxMzA3NDJaMBkxFzAVBgNVBAMMDmhvb2subG9jYWxob3N0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAETYJwS5BMIHD8oHf0h8St4qO+fX9WljR+I45r4I4y
wWKrYzvmU43ZqikGECq64JEKkOKEvdZzJouY9Zql4khNzaNuMGwwHQYDVR0OBBYE
FAVuBAjqjUJa1eY2OJjBZwxIDXeXMB8GA1UdIwQYMBaAFAVuBAjqjUJa1eY2OJjB
ZwxIDXeXMA8GA1UdEwEB/wQFMAMBAf8wGQYDVR0RBBIwEIIOaG9vay5sb2NhbGhv
c3QwCgYIKoZIzj0EAwIDSQAwRgIhAKGm0iWfTMnaBiDEN+gT7C2ALUMjzRSoVczp
pR1AWi2jAiEAkvelPvHMzuw9psn9Ixp8zoVPw+8eCgQN4fQzD773HXI=
-----END CERTIFICATE-----
`;
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgU8j6FT8w0c2EzjQs
oUzzkx5PIUvw6SfkytUUUXb67yKhRANCAARNgnBLkEwgcPygd/SHxK3io759f1aW
NH4jjmvgjjLBYqtjO+ZTjdmqKQYQKrrgkQqQ4oS91nMmi5j1mqXiSE3N
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
    expect(await call('hook.localhost', [CERTIFICATE])).toBe('over TLS');
    expect(await call('hook.localhost.', [CERTIFICATE])).toBe('over TLS');
  });

  it('sends nothing to a server that nobody vouches for, even when the environment says not to look', async () => {
    const before = requests;
    expect(await call('hook.localhost')).toEqual(failed('DEPTH_ZERO_SELF_SIGNED_CERT'));
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await call('hook.localhost')).toEqual(failed('DEPTH_ZERO_SELF_SIGNED_CERT'));
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(requests).toBe(before);
  });

  it('sends nothing to a server that shows the certificate of another name', async () => {
    const before = requests;
    expect(await call('other.localhost', [CERTIFICATE])).toEqual(failed('ERR_TLS_CERT_ALTNAME_INVALID'));
    expect(await call('127.0.0.1', [CERTIFICATE])).toEqual(failed('ERR_TLS_CERT_ALTNAME_INVALID'));
    expect(requests).toBe(before);
  });
});
