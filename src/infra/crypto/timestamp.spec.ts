import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { has } from '../../../test/support/commands';
import { TestTsa, type TsaMood } from '../../../test/support/tsa';
import { CheckedConnector } from '../egress/connector';
import { timestampOver } from './timestamp';

const withTsa = has('openssl') ? it : it.skip;
const connector = new CheckedConnector({ mode: 'loopback-only' });
const BYTES = Buffer.from('what is stamped');
let tsa: TestTsa;

beforeAll(async () => {
  if (has('openssl')) tsa = await TestTsa.start();
}, 60_000);
afterAll(async () => {
  await tsa?.close();
  await connector.onApplicationShutdown();
});

describe('a timestamp', () => {
  withTsa('is a token over these bytes that openssl verifies up to the root, and over no others', async () => {
    const { token, at } = await timestampOver(BYTES, connector, tsa.url);
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(600_000);
    const verify = (name: string): string => {
      const options = ['-in', 'token.der', '-token_in', '-data', name, '-CAfile', 'root.crt'];
      return execFileSync('openssl', ['ts', '-verify', ...options], { cwd: tsa.folder, stdio: 'pipe' }).toString();
    };
    writeFileSync(join(tsa.folder, 'token.der'), token);
    writeFileSync(join(tsa.folder, 'bytes'), BYTES);
    writeFileSync(join(tsa.folder, 'others'), 'what was not stamped');
    expect(verify('bytes')).toContain('Verification: OK');
    expect(() => verify('others')).toThrow();
  });

  withTsa.each<TsaMood>(['down', 'stale', 'rejects', 'nonsense', 'changed'])('is not taken from an authority that answers otherwise: %s', async (mood) => {
    tsa.mood = mood;
    await expect(timestampOver(BYTES, connector, tsa.url)).rejects.toMatchObject({ code: 'timestamp.refused' });
    tsa.mood = 'good';
    await timestampOver(BYTES, connector, tsa.url);
  }); // prettier-ignore

  withTsa('is not waited for from an authority that is not there', async () => {
    await expect(timestampOver(BYTES, connector, 'http://127.0.0.1:9/tsa')).rejects.toMatchObject({
      code: expect.stringMatching(/^egress\./),
    });
  });
});
