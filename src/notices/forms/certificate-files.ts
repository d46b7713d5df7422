import { createHash, type X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { DomainError } from '../../domain/errors';
import type { Digest, SigningScheme } from '../../infra/crypto/pkcs11/token-task';

/** Why a certificate or its file cannot be used, for the operator; never what is in it. */
export const unusable = (reason: string): DomainError => new DomainError('form.certificate-unusable', { reason });

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The file, or undefined where there is none. What others may read is refused: it is a key, or says where one is. */
export async function secretFile(path: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw unusable('others may read the file or the passphrase: chmod 600');
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error instanceof DomainError ? error : unusable('the file cannot be read');
  }
}

/** The signer's certificate first, then each one's issuer as far as there are any. */
export function chainOf(leaf: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; ;) {
    const issuer = all.find((one) => !chain.some(({ raw }) => raw.equals(one.raw)) && last.checkIssued(one));
    if (!issuer) return chain;
    chain.push(issuer);
    last = issuer;
  }
}

export function mustBeValid({ validFromDate, validToDate }: X509Certificate, at: Date): void {
  if (at < validFromDate || at > validToDate) throw unusable('the certificate is not valid now');
}

/** A curve is signed over with a digest as long as itself (ETSI TS 119 312). */
const CURVES: Readonly<Record<string, Digest>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };
const DIGESTS: readonly Digest[] = ['sha256', 'sha384', 'sha512'];

/**
 * How this certificate says that its key signs: RSA with PKCS #1 v1.5 or, where the certificate is for that alone, PSS with its
 * own parameters (RFC 4055, 3.1); ECDSA on P-256, P-384 or P-521.
 * @throws DomainError form.certificate-unusable
 */
export function schemeOf({ publicKey }: X509Certificate): SigningScheme {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = publicKey;
  if (type === 'rsa') return { kind: 'RSA', digest: 'sha256' };
  if (type === 'rsa-pss') {
    const hash = details.hashAlgorithm ?? 'sha256';
    const digest = DIGESTS.find((one) => one === hash);
    if (!digest || (details.mgf1HashAlgorithm ?? hash) !== hash)
      throw unusable('the certificate asks for another digest');
    return { kind: 'RSA-PSS', digest, saltBytes: details.saltLength ?? createHash(digest).digest().length };
  }
  const digest = type === 'ec' ? CURVES[details.namedCurve ?? ''] : undefined;
  if (!digest) throw unusable('the key is neither RSA nor on a curve P-256, P-384 or P-521');
  return { kind: 'ECDSA', digest };
}
