import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContentInfo, SignedData } from 'pkijs';
import { ONE_OF_EACH } from '../../../test/support/forms';
import { has } from '../../../test/support/commands';
import { signatureParts } from '../../../test/support/signed-pdf';
import { openKeyFile } from './key-file';
import { signPdf } from './pades';
import { readForm } from './read-form';
import { renderForm } from './render-form';

const [form] = ONE_OF_EACH;
let at = new Date();
const DAY_MS = 86_400_000;

const openssl = has('openssl') ? it : it.skip;
const withPdfsig = has('openssl') && has('pdfsig') ? it : it.skip;

describe('a form signed with the certificate of its authority', () => {
  let folder: string;
  const run = (...args: readonly string[]): string =>
    execFileSync('openssl', [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  const keep = (name: string, content: string | Buffer): void => {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), 0o600);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-pades-'));
    if (!has('openssl')) return;
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Example Root', '-days', '30');
    const leaf = (name: string, ...kind: readonly string[]): void => {
      run('req', '-newkey', ...kind, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/O=Unit A/CN=Unit A seal');
      run('x509', '-req', '-in', `${name}.csr`, '-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-out', `${name}.crt`, '-days', '10');
    };
    leaf('rsa', 'rsa:2048');
    leaf('ec', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
    run('pkcs8', '-topk8', '-in', 'rsa.key', '-out', 'rsa.pk8', '-passout', 'pass:open sesame');
    // Certificates first and the root before the leaf: the file need not be in order.
    keep('unit-pem.pem', ['root.crt', 'rsa.crt', 'rsa.pk8'].map((name) => readFileSync(join(folder, name), 'utf8')).join(''));
    keep('unit-pem.passphrase', 'open sesame\n');
    run('pkcs12', '-export', '-inkey', 'ec.key', '-in', 'ec.crt', '-certfile', 'root.crt', '-out', 'unit-p12.p12', '-passout', 'pass:žluťoučký');
    chmodSync(join(folder, 'unit-p12.p12'), 0o600);
    keep('unit-p12.passphrase', 'žluťoučký');
    at = new Date();
  }); // prettier-ignore
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const signed = async (unit: string): Promise<Uint8Array> => {
    const signer = await openKeyFile(folder, unit, at);
    return signPdf(await renderForm(form!, 'en', { certificate: 'B-B' }), signer!, { name: 'Unit A', at });
  };

  openssl.each(['unit-pem', 'unit-p12'])('is a signature that openssl verifies up to the root: %s', async (unit) => {
    const { covered, cms } = signatureParts(await signed(unit));
    keep('cms.der', cms);
    keep('covered.bin', covered);
    // -purpose any: the test's certificates have no key usage for mail, which openssl asks for otherwise.
    run('cms', '-verify', '-inform', 'DER', '-in', 'cms.der', '-content', 'covered.bin', '-binary', '-CAfile', 'root.crt', '-purpose', 'any', '-out', 'out.bin', '-cades'); // prettier-ignore
    keep('covered.bin', Buffer.concat([covered.subarray(0, -1), Buffer.from('x')]));
    expect(() => run('cms', '-verify', '-inform', 'DER', '-in', 'cms.der', '-content', 'covered.bin', '-binary', '-CAfile', 'root.crt', '-purpose', 'any', '-out', 'out.bin')).toThrow(); // prettier-ignore
  });

  openssl('names the certificate that was meant, and no signing time of its own', async () => {
    const { cms } = signatureParts(await signed('unit-pem'));
    const data = new SignedData({ schema: ContentInfo.fromBER(new Uint8Array(cms).buffer).content });
    const types = data.signerInfos[0]!.signedAttrs!.attributes.map(({ type }) => type);
    expect(types.toSorted()).toEqual(['1.2.840.113549.1.9.16.2.47', '1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4']);
    const leaf = new X509Certificate(readFileSync(join(folder, 'rsa.crt')));
    expect(cms.includes(createHash('sha256').update(leaf.raw).digest())).toBe(true);
    expect(data.certificates).toHaveLength(2);
  });

  withPdfsig('is a signature of the whole document for poppler', async () => {
    keep('signed.pdf', Buffer.from(await signed('unit-pem')));
    const said = execFileSync('pdfsig', ['-nocert', join(folder, 'signed.pdf')]).toString();
    expect(said).toContain('Signature is Valid.');
    expect(said).toContain('ETSI.CAdES.detached');
    expect(said).toContain('Total document signed');
  });

  openssl('still carries its form, before which nothing changed', async () => {
    const plain = Buffer.from(await renderForm(form!, 'en', { certificate: 'B-B' }));
    const pdf = Buffer.from(await signed('unit-pem'));
    expect(pdf.subarray(0, plain.length - 1).equals(plain.subarray(0, plain.length - 1))).toBe(true);
    expect(await readForm(pdf)).toEqual(form);
  });

  openssl('is not made with a key that others may read, a wrong passphrase, an outdated or foreign certificate', async () => {
    const refused = async (unit: string, when = at): Promise<void> =>
      expect(openKeyFile(folder, unit, when)).rejects.toMatchObject({ code: 'form.certificate-unusable' });
    await refused('unit-pem', new Date(at.getTime() + 11 * DAY_MS));
    await refused('unit-pem', new Date(at.getTime() - DAY_MS));
    keep('wrong.pem', readFileSync(join(folder, 'unit-pem.pem')));
    keep('wrong.passphrase', 'close sesame');
    await refused('wrong');
    keep('wrong12.p12', readFileSync(join(folder, 'unit-p12.p12')));
    await refused('wrong12');
    keep('foreign.pem', `${readFileSync(join(folder, 'ec.crt'), 'utf8')}${readFileSync(join(folder, 'rsa.key'), 'utf8')}`);
    await refused('foreign');
    keep('loose.pem', readFileSync(join(folder, 'foreign.pem')));
    chmodSync(join(folder, 'loose.pem'), 0o644);
    await refused('loose');
    expect(await openKeyFile(folder, 'nobody', at)).toBeUndefined();
  }); // prettier-ignore
});
