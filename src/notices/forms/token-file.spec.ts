import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import { has } from '../../../test/support/commands';
import { ONE_OF_EACH } from '../../../test/support/forms';
import { signatureParts } from '../../../test/support/signed-pdf';
import { hasTokens, SoftToken, withToken, type KeyName } from '../../../test/support/tokens';
import { Tokens } from '../../infra/crypto/pkcs11/token';
import { signPdf } from './pades';
import { readForm } from './read-form';
import { renderForm } from './render-form';
import { openTokenFile } from './token-file';

const [form] = ONE_OF_EACH;
const withPdfsig = hasTokens && has('pdfsig') ? it : it.skip;
const tokens = new Tokens();
let folder: string;
let soft: SoftToken;
/** A little ahead: certificates begin when a test makes them. */
const at = new Date(Date.now() + 600_000);

const keep = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clepsydra-token-file-'));
  if (!hasTokens) return;
  soft = new SoftToken('Unit A');
  for (const name of ['rsa', 'p256', 'p384'] as const) {
    soft.makeKey(name);
    const { leaf, root } = soft.certificate(name);
    // The root before the leaf: the file need not be in order.
    keep(`${name}.pkcs11`, soft.file(name, root, leaf));
  }
  const pss = soft.certificate('rsa', { pss: true });
  keep('pss.pkcs11', soft.file('rsa', pss.leaf, pss.root));
}, 60_000);
afterAll(async () => {
  await tokens.close();
  soft?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const signed = async (unit: string): Promise<Uint8Array> => {
  const signer = await openTokenFile(folder, unit, at, tokens);
  return signPdf(await renderForm(form!, 'en', { certificate: 'B-B' }), signer!, { name: 'Unit A', at });
};
const refusal = (unit: string, when = at): Promise<unknown> =>
  openTokenFile(folder, unit, when, tokens)
    .then((signer) => signer!.sign(Buffer.from('x')))
    .catch((error: unknown) => error);

/** As openssl, or pkijs, which know nothing of each other. */
function verifyWithOpenssl(covered: Buffer, cms: Buffer): void {
  keep('cms.der', cms);
  keep('covered.bin', covered);
  execFileSync('openssl', ['cms', '-verify', '-inform', 'DER', '-in', 'cms.der', '-content', 'covered.bin', '-binary', '-CAfile', soft.root, '-purpose', 'any', '-out', 'out.bin', '-cades'], { cwd: folder, stdio: 'ignore' }); // prettier-ignore
}

async function verifyWithPkijs(covered: Buffer, cms: Buffer): Promise<boolean> {
  const data = new SignedData({ schema: ContentInfo.fromBER(new Uint8Array(cms).buffer).content });
  const root = Certificate.fromBER(new Uint8Array(new X509Certificate(soft.certificate('rsa').root).raw).buffer);
  return data.verify({ signer: 0, data: new Uint8Array(covered).buffer, trustedCerts: [root], checkChain: true });
}

const KINDS = [...(['rsa', 'p256', 'p384'] satisfies KeyName[]), 'pss'] as const;

describe('a form signed with a key on a token', () => {
  withToken.each(KINDS)('is a signature that others verify up to the root, and not of anything else: %s', async (unit) => {
    const pdf = await signed(unit);
    const { covered, cms } = signatureParts(pdf);
    const other = Buffer.concat([covered.subarray(0, -1), Buffer.from('x')]);
    verifyWithOpenssl(covered, cms);
    expect(() => verifyWithOpenssl(other, cms)).toThrow();
    expect(await verifyWithPkijs(covered, cms)).toBe(true);
    await expect(verifyWithPkijs(other, cms).catch(() => false)).resolves.toBe(false);
    expect(await readForm(pdf)).toEqual(form);
  }); // prettier-ignore

  withPdfsig.each(['rsa', 'p256', 'p384'])('is a signature of the whole document for poppler: %s', async (unit) => {
    const path = keep('signed.pdf', await signed(unit));
    const said = execFileSync('pdfsig', ['-nocert', path]).toString();
    expect(said).toContain('Signature is Valid.');
    expect(said).toContain('Total document signed');
  });

  withToken('takes the certificate from the token, where the file has none, and one that was renewed from the file', async () => {
    const { leaf, root } = soft.certificate('p256');
    soft.store('p256', leaf);
    keep('bare.pkcs11', soft.file('p256', root));
    expect((await openTokenFile(folder, 'bare', at, tokens))?.certificates).toHaveLength(2);
    const renewed = soft.certificate('p256');
    keep('renewed.pkcs11', soft.file('p256', renewed.leaf, root));
    const signer = await openTokenFile(folder, 'renewed', at, tokens);
    expect(Buffer.from(signer!.certificates[0]!)).toEqual(new X509Certificate(renewed.leaf).raw);
    expect(renewed.leaf).not.toBe(leaf);
  }); // prettier-ignore

  withToken('is not made with a certificate of another key, none, or one that is not valid now', async () => {
    const unusable = { code: 'form.certificate-unusable' };
    keep('foreign.pkcs11', soft.file('rsa', soft.openssl('x509', '-in', 'root.crt')));
    expect(await refusal('foreign')).toMatchObject({ ...unusable, details: { reason: expect.stringContaining('does not belong') } }); // prettier-ignore
    keep('none.pkcs11', soft.file('rsa'));
    expect(await refusal('none')).toMatchObject(unusable);
    expect(await refusal('rsa', new Date(at.getTime() - 86_400_000))).toMatchObject(unusable);
    keep('kind.pkcs11', soft.file('rsa', soft.certificate('p384').leaf));
    expect(await refusal('kind')).toMatchObject({ code: 'token.key-missing' });
  });

  withToken('is not made of a file that others may read, or that cannot be read; and nobody is nobody', async () => {
    chmodSync(keep('loose.pkcs11', soft.file('rsa')), 0o644);
    expect(await refusal('loose')).toMatchObject({ code: 'form.certificate-unusable' });
    keep('odd.pkcs11', 'pkcs11:object=x');
    expect(await refusal('odd')).toMatchObject({ code: 'token.misconfigured' });
    expect(await openTokenFile(folder, 'nobody', at, tokens)).toBeUndefined();
  });
});
