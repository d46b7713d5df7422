import { X509Certificate, createPrivateKey, sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '../../domain/errors';
import { chainOf, mustBeValid, schemeOf, secretFile, unusable } from './certificate-files';
import { paddingOf, type CertificateSigner } from './cms';
import { openPkcs12 } from './pkcs12';

const ENDINGS = ['.pem', '.p12'] as const;
const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export interface KeyMaterial {
  readonly key: KeyObject;
  /** In any order. */
  readonly certificates: readonly X509Certificate[];
}

const parsePem = (file: Buffer, passphrase: string): KeyMaterial => ({
  key: createPrivateKey({ key: file, passphrase }),
  certificates: (file.toString('latin1').match(BLOCK) ?? []).map((pem) => new X509Certificate(pem)),
});

function signerOf({ key, certificates }: KeyMaterial, at: Date): CertificateSigner {
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (!leaf) throw unusable('no certificate in the file belongs to its key');
  mustBeValid(leaf, at);
  const scheme = schemeOf(leaf);
  const signAside = promisify<string, Uint8Array, SignKeyObjectInput, Buffer>(sign);
  return {
    certificates: chainOf(leaf, certificates).map(({ raw }) => raw),
    scheme,
    sign: (bytes) => signAside(scheme.digest, bytes, { key, ...paddingOf(scheme) }),
  };
}

/**
 * The certificate of an authority from `<organisation id>.pem` or `.p12` in this folder, opened with the first line of
 * `<organisation id>.passphrase`; undefined when the authority has none. Read anew each time, so that it can be replaced
 * without a restart.
 * @throws DomainError form.certificate-unusable
 */
export async function openKeyFile(
  folder: string,
  organisationId: string,
  at: Date,
): Promise<CertificateSigner | undefined> {
  for (const ending of ENDINGS) {
    const file = await secretFile(join(folder, `${organisationId}${ending}`));
    if (!file) continue;
    const passphrase =
      (await secretFile(join(folder, `${organisationId}.passphrase`)))?.toString('utf8').split(/\r?\n/)[0] ?? '';
    try {
      return signerOf(ending === '.p12' ? await openPkcs12(file, passphrase) : parsePem(file, passphrase), at);
    } catch (error) {
      throw error instanceof DomainError ? error : unusable('the file or its passphrase is wrong');
    }
  }
  return undefined;
}
