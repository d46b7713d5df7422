import { X509Certificate, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '../../domain/errors';
import type { CertificateSigner } from './cms';
import { openPkcs12 } from './pkcs12';

const ENDINGS = ['.pem', '.p12'] as const;
const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export interface KeyMaterial {
  readonly key: KeyObject;
  /** In any order. */
  readonly certificates: readonly X509Certificate[];
}

/** Why the file cannot be used, for the operator; never what is in it. */
const unusable = (reason: string): DomainError => new DomainError('form.certificate-unusable', { reason });

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The file, or undefined where there is none. What others may read is refused: it is a key. */
async function secretFile(path: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw unusable('others may read the file or the passphrase: chmod 600');
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error instanceof DomainError ? error : unusable('the file cannot be read');
  }
}

const parsePem = (file: Buffer, passphrase: string): KeyMaterial => ({
  key: createPrivateKey({ key: file, passphrase }),
  certificates: (file.toString('latin1').match(BLOCK) ?? []).map((pem) => new X509Certificate(pem)),
});

/** The signer's certificate first, then each one's issuer as far as the file has them. */
function chainOf(leaf: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; ;) {
    const issuer = all.find((one) => !chain.includes(one) && last.checkIssued(one));
    if (!issuer) return chain;
    chain.push(issuer);
    last = issuer;
  }
}

function signerOf({ key, certificates }: KeyMaterial, at: Date): CertificateSigner {
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (!leaf) throw unusable('no certificate in the file belongs to its key');
  if (at < leaf.validFromDate || at > leaf.validToDate) throw unusable('the certificate is not valid now');
  const kind = key.asymmetricKeyType;
  if (kind !== 'rsa' && kind !== 'ec') throw unusable('the key is neither RSA nor on an elliptic curve');
  const signAside = promisify<string, Uint8Array, KeyObject, Buffer>(sign);
  return {
    certificates: chainOf(leaf, certificates).map(({ raw }) => raw),
    algorithm: kind === 'rsa' ? 'RSA' : 'ECDSA',
    sign: (bytes) => signAside('sha256', bytes, key),
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
