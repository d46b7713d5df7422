import { verify, X509Certificate, type VerifyKeyObjectInput } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '../../domain/errors';
import { signWithToken } from '../../infra/crypto/pkcs11/sign-with-token';
import type { Token, Tokens } from '../../infra/crypto/pkcs11/token';
import { parseTokenFile, TokenAddressError, type TokenFile } from '../../infra/crypto/pkcs11/token-address';
import { chainOf, mustBeValid, schemeOf, secretFile, unusable } from './certificate-files';
import { paddingOf, type CertificateSigner } from './cms';

const verifyAside = promisify<string, Uint8Array, VerifyKeyObjectInput, Uint8Array, boolean>(verify);

function parse(text: string): TokenFile {
  try {
    return parseTokenFile(text);
  } catch (error) {
    if (error instanceof TokenAddressError) throw new DomainError('token.misconfigured', { reason: error.message });
    throw error;
  }
}

/** Undefined for what is on the token and no certificate of X.509. */
function parsed(certificate: Uint8Array | string): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

const present = <T>(values: readonly (T | undefined)[]): T[] => values.filter((one) => one !== undefined);

/**
 * Who signs, and those that issued that. The certificate on the token with the id of its key, or one in the file for the same
 * key, which was perhaps renewed; where the token has none, the one in the file that issued no other.
 */
async function certificatesOf(token: Token, file: TokenFile): Promise<X509Certificate[]> {
  const { own, others } = await token.certificates();
  const given = file.certificates.map(parsed);
  if (given.includes(undefined)) throw unusable('a certificate in the file cannot be read');
  const [inFile, onToken] = [present(given), present(own.map(parsed))];
  const isOfKey = (one: X509Certificate): boolean =>
    onToken[0]
      ? one.publicKey.equals(onToken[0].publicKey)
      : !inFile.some((other) => other !== one && other.checkIssued(one));
  const leaf = inFile.find(isOfKey) ?? onToken[0];
  if (!leaf) throw unusable('neither the file nor the token has the certificate of the key');
  return chainOf(leaf, [...inFile, ...onToken, ...present(others.map(parsed))]);
}

/** A signature that the certificate does not bear out is never given to anybody. */
async function signedFor(token: Token, leaf: X509Certificate, bytes: Uint8Array): Promise<Uint8Array> {
  const scheme = schemeOf(leaf);
  const signature = await signWithToken(token, scheme, bytes);
  if (!(await verifyAside(scheme.digest, bytes, { key: leaf.publicKey, ...paddingOf(scheme) }, signature)))
    throw unusable('the certificate does not belong to the key on the token');
  return signature;
}

/**
 * The certificate of an authority whose key is on a PKCS #11 token, named by `<organisation id>.pkcs11` in this folder, with the
 * PIN in `<organisation id>.pin` unless its address names another file; undefined when there is no such file.
 * @throws DomainError form.certificate-unusable, token.*
 */
export async function openTokenFile(
  folder: string,
  organisationId: string,
  at: Date,
  tokens: Tokens,
): Promise<CertificateSigner | undefined> {
  const content = await secretFile(join(folder, `${organisationId}.pkcs11`));
  if (!content) return undefined;
  const file = parse(content.toString('utf8'));
  const { pinFile = join(folder, `${organisationId}.pin`) } = file.address;
  const token = tokens.at({ ...file.address, pinFile }, file.environment);
  const chain = await certificatesOf(token, file);
  const [leaf] = chain;
  if (!leaf) throw unusable('neither the file nor the token has the certificate of the key');
  mustBeValid(leaf, at);
  return {
    certificates: chain.map(({ raw }) => raw),
    scheme: schemeOf(leaf),
    sign: (bytes) => signedFor(token, leaf, bytes),
  };
}
