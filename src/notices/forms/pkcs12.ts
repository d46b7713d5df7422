import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { CertBag, Certificate, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, type SafeBag } from 'pkijs';
import type { KeyMaterial } from './key-file';

const der = (schema: { toBER(): ArrayBuffer }): Buffer => Buffer.from(schema.toBER());

/**
 * Key and certificates of a PKCS #12 file (RFC 7292) as OpenSSL 3 and browsers write it: PBES2 with AES. The older ciphers
 * (RC2, triple DES) are refused; `openssl pkcs12` converts such a file. Throws for a wrong passphrase or a damaged file.
 */
export async function openPkcs12(file: Uint8Array, passphrase: string): Promise<KeyMaterial> {
  const password = new TextEncoder().encode(passphrase).buffer;
  const pfx = PFX.fromBER(new Uint8Array(file).buffer);
  await pfx.parseInternalValues({ password, checkIntegrity: true });
  const safe = pfx.parsedValue?.authenticatedSafe;
  if (!safe) throw new Error('a PKCS #12 file without content');
  await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password })) });
  const contents = (safe.parsedValue as { safeContents: { value: { safeBags: SafeBag[] } }[] }).safeContents;
  let key: KeyObject | undefined;
  const certificates: X509Certificate[] = [];
  for (const bag of contents.flatMap(({ value }) => value.safeBags)) {
    key ??= await keyOf(bag, password);
    const certificate = certificateOf(bag);
    if (certificate) certificates.push(certificate);
  }
  if (!key) throw new Error('a PKCS #12 file without a key');
  return { key, certificates };
}

async function keyOf({ bagValue }: SafeBag, password: ArrayBuffer): Promise<KeyObject | undefined> {
  if (bagValue instanceof PKCS8ShroudedKeyBag) {
    // Typed as protected; there is no other way to open a bag.
    await (
      bagValue as unknown as { parseInternalValues(to: { password: ArrayBuffer }): Promise<void> }
    ).parseInternalValues({ password });
    return bagValue.parsedValue && toKey(bagValue.parsedValue);
  }
  return bagValue instanceof PrivateKeyInfo ? toKey(bagValue) : undefined;
}

const toKey = (info: PrivateKeyInfo): KeyObject =>
  createPrivateKey({ key: der(info.toSchema()), format: 'der', type: 'pkcs8' });

function certificateOf({ bagValue }: SafeBag): X509Certificate | undefined {
  const isX509 = bagValue instanceof CertBag && bagValue.parsedValue instanceof Certificate;
  return isX509 ? new X509Certificate(der((bagValue.parsedValue as Certificate).toSchema())) : undefined;
}
