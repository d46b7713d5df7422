import type { ChildProcess } from 'node:child_process';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasTokens, SoftToken, withToken } from '../../../../test/support/tokens';
import type { DomainError } from '../../../domain/errors';
import { signWithToken } from './sign-with-token';
import { Token } from './token';
import { parseTokenAddress } from './token-address';
import type { SigningScheme } from './token-task';

const BYTES = Buffer.from('what is signed');
const RSA: SigningScheme = { kind: 'RSA', digest: 'sha256' };
const P256: SigningScheme = { kind: 'ECDSA', digest: 'sha256' };
const DIGEST = createHash('sha256').update(BYTES).digest();

let soft: SoftToken;
const opened: Token[] = [];

const tokenOf = (uri: string, environment: Record<string, string> = soft.environment, answerMs = 30_000): Token => {
  const { pinFile = soft.pinFile, ...address } = parseTokenAddress(uri);
  const token = new Token({ ...address, pinFile }, environment, { answerMs, idleMs: 60_000 });
  opened.push(token);
  return token;
};
const refused = (token: Token, code: string): Promise<void> =>
  expect(signWithToken(token, RSA, BYTES)).rejects.toMatchObject({ code });

beforeAll(() => {
  if (!hasTokens) return;
  soft = new SoftToken('Unit A; seal');
  for (const name of ['rsa', 'p256', 'p384'] as const) soft.makeKey(name);
}, 60_000);
afterEach(() => Promise.all(opened.splice(0).map((token) => token.close())));
afterAll(() => soft?.dispose());

describe('a key on a token', () => {
  withToken('cannot leave it', () => {
    expect(soft.tool('--list-objects', '--type', 'privkey')).toContain('never extractable');
  });

  withToken.each([
    ['rsa', RSA],
    ['rsa', { kind: 'RSA', digest: 'sha512' }],
    ['rsa', { kind: 'RSA-PSS', digest: 'sha256', saltBytes: 32 }],
    ['rsa', { kind: 'RSA-PSS', digest: 'sha384', saltBytes: 20 }],
    ['p256', P256],
    ['p384', { kind: 'ECDSA', digest: 'sha384' }],
  ] as const)('signs what others verify: %s %j', async (name, scheme) => {
    const key = createPublicKey(new X509Certificate(soft.certificate(name).leaf).publicKey.export({ type: 'spki', format: 'pem' })); // prettier-ignore
    const padding = scheme.kind === 'RSA-PSS' ? { padding: 6, saltLength: scheme.saltBytes } : {};
    const token = tokenOf(soft.address(name));
    for (let time = 0; time < 5; time += 1) {
      const signature = await signWithToken(token, scheme, BYTES);
      expect(verify(scheme.digest, BYTES, { key, ...padding }, signature)).toBe(true);
    }
  });

  withToken('is used by many at the same time, one after another', async () => {
    const token = tokenOf(soft.address('p256'));
    const signatures = await Promise.all(Array.from({ length: 20 }, () => signWithToken(token, P256, BYTES)));
    const key = new X509Certificate(soft.certificate('p256').leaf).publicKey;
    expect(signatures.every((signature) => verify('sha256', BYTES, key, signature))).toBe(true);
  });

  withToken('says which certificates are its own, and which only lie beside it', async () => {
    const { leaf, root } = soft.certificate('p384');
    soft.store('p384', leaf);
    soft.store('p256', root);
    const { own, others } = await tokenOf(soft.address('p384')).certificates();
    expect(own.map((der) => new X509Certificate(der).raw)).toEqual([new X509Certificate(leaf).raw]);
    expect(others.map((der) => new X509Certificate(der).raw)).toEqual([new X509Certificate(root).raw]);
  });
});

describe('a token that fails', () => {
  withToken('is absent, or has no such key, or not one that signs like that: each is told', async () => {
    await refused(tokenOf(soft.address('rsa').replace('Unit', 'Nobody')), 'token.absent');
    await refused(tokenOf(soft.address('nothing')), 'token.key-missing');
    await refused(tokenOf(soft.address('p256')), 'token.key-missing');
    await refused(tokenOf(soft.address('rsa', join(soft.folder, 'no-pin'))), 'token.misconfigured');
    await refused(tokenOf(soft.address('rsa').replace('libsofthsm2', 'nothing')), 'token.misconfigured');
  });

  withToken(
    'is found again after it was pulled out and put back while the process went on',
    async () => {
      const other = new SoftToken('Pulled');
      try {
        other.makeKey('rsa');
        const token = tokenOf(other.address('rsa'), other.environment);
        await token.sign(RSA, DIGEST);
        other.remove();
        await refused(token, 'token.absent');
        other.initialise();
        await refused(token, 'token.key-missing');
        other.makeKey('rsa');
        await token.sign(RSA, DIGEST);
        // Reset between two signatures, without anybody asking meanwhile.
        other.remove();
        other.initialise();
        other.makeKey('rsa');
        const key = new X509Certificate(other.certificate('rsa').leaf).publicKey;
        expect(verify('sha256', BYTES, key, await signWithToken(token, RSA, BYTES))).toBe(true);
      } finally {
        other.dispose();
      }
    },
    60_000,
  );

  withToken('has its process ended when it does not answer in time, and is asked anew by the next', async () => {
    await expect(tokenOf(soft.address('rsa'), soft.environment, 1).sign(RSA, DIGEST)).rejects.toMatchObject({
      code: 'token.failed',
      details: { reason: 'the module did not answer in time' },
    });
  });

  withToken('whose process was killed while nobody waited has a new one', async () => {
    const token = tokenOf(soft.address('rsa'));
    await token.sign(RSA, DIGEST);
    (Reflect.get(token, 'child') as ChildProcess).kill('SIGKILL');
    await token.sign(RSA, DIGEST);
  });

  withToken('does not keep each of those who wait for it waiting in turn', async () => {
    const token = tokenOf(soft.address('rsa'), soft.environment, 1);
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => token.sign(RSA, DIGEST)));
    const reasons = all.map((one) => (one.status === 'rejected' ? (one.reason as DomainError).details.reason : ''));
    expect(reasons.filter((reason) => reason === 'it was busy with others for too long').length).toBeGreaterThan(0);
  });

  withToken('whose module is no module is told, and does nothing to this process', async () => {
    const broken = join(soft.folder, 'broken.so');
    writeFileSync(broken, 'no library');
    const uri = soft.address('rsa').replace(/module-path=[^&]+/, `module-path=${broken}`);
    await refused(tokenOf(uri), 'token.misconfigured');
  });
});

describe('a wrong PIN', () => {
  withToken('is tried once: not again, not by another process, until its file is written anew', async () => {
    soft.writePin('00000');
    const token = tokenOf(soft.address('rsa'));
    await refused(token, 'token.pin-refused');
    expect(soft.hasCountedMistake()).toBe(true);
    await expect(token.sign(RSA, DIGEST)).rejects.toMatchObject({
      code: 'token.pin-refused',
      details: { reason: expect.stringContaining('not tried again') },
    });
    const said = await tokenOf(soft.address('rsa'))
      .sign(RSA, DIGEST)
      .catch((error: unknown) => error);
    expect(said).toMatchObject({ details: { reason: expect.stringContaining('refused before') } });
    expect(JSON.stringify(said)).not.toContain('00000');
    const marker = readFileSync(`${soft.pinFile}.refused`, 'utf8');
    expect(marker).not.toContain('00000');
    soft.writePin(soft.pin);
    expect(existsSync(`${soft.pinFile}.refused`)).toBe(true);
    await token.sign(RSA, DIGEST);
    expect(soft.hasCountedMistake()).toBe(false);
  });

  withToken('that others may read is not used at all', async () => {
    chmodSync(soft.pinFile, 0o644);
    await refused(tokenOf(soft.address('rsa')), 'token.misconfigured');
    chmodSync(soft.pinFile, 0o600);
  });
});
