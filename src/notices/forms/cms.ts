import { constants, createHash } from 'node:crypto';
import { fromBER, Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  RSASSAPSSParams,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import type { Digest, SigningScheme } from '../../infra/crypto/pkcs11/token-task';

/** What signs: a key in a file (key-file.ts) or on a token (token-file.ts). Only the key itself differs. */
export interface CertificateSigner {
  /** DER, the signer's own first, then those that lead to its root. */
  readonly certificates: readonly Uint8Array[];
  readonly scheme: SigningScheme;
  /** Over these bytes, by that scheme; ECDSA in DER. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/** Gives the timestamp token over a signature (RFC 3161), DER. */
export type Stamp = (signature: Uint8Array) => Promise<Uint8Array>;

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signatureTimeStamp: '1.2.840.113549.1.9.16.2.14',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  pss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
} as const;

/** RFC 5754. */
const BY_DIGEST = {
  sha256: { digest: '2.16.840.1.101.3.4.2.1', RSA: '1.2.840.113549.1.1.11', ECDSA: '1.2.840.10045.4.3.2' },
  sha384: { digest: '2.16.840.1.101.3.4.2.2', RSA: '1.2.840.113549.1.1.12', ECDSA: '1.2.840.10045.4.3.3' },
  sha512: { digest: '2.16.840.1.101.3.4.2.3', RSA: '1.2.840.113549.1.1.13', ECDSA: '1.2.840.10045.4.3.4' },
} as const satisfies Record<Digest, object>;

/** How node:crypto is told of a scheme. */
export const paddingOf = (scheme: SigningScheme): { readonly padding?: number; readonly saltLength?: number } =>
  scheme.kind === 'RSA-PSS' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes } : {};

const digestOf = (digest: Digest): AlgorithmIdentifier =>
  new AlgorithmIdentifier({ algorithmId: BY_DIGEST[digest].digest });

function signatureOf(scheme: SigningScheme): AlgorithmIdentifier {
  if (scheme.kind !== 'RSA-PSS') return new AlgorithmIdentifier({ algorithmId: BY_DIGEST[scheme.digest][scheme.kind] });
  // RFC 4055, 3.1: with the digest named twice, because the defaults are SHA-1.
  const hashAlgorithm = digestOf(scheme.digest);
  const parameters = new RSASSAPSSParams({
    hashAlgorithm,
    maskGenAlgorithm: new AlgorithmIdentifier({ algorithmId: OID.mgf1, algorithmParams: hashAlgorithm.toSchema() }),
    saltLength: scheme.saltBytes,
  });
  return new AlgorithmIdentifier({ algorithmId: OID.pss, algorithmParams: parameters.toSchema() });
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const octets = (bytes: Uint8Array): OctetString => new OctetString({ valueHex: exact(bytes) });

/** RFC 5035: which certificate is meant, by its SHA-256 (the default, and so not written), so that none can be put in its place. */
const signingCertificate = (certificate: Uint8Array): Sequence =>
  new Sequence({ value: [new Sequence({ value: [new Sequence({ value: [octets(sha256(certificate))] })] })] });

/**
 * The signed attributes of CAdES-BES as PAdES wants them (ETSI EN 319 142-1, 6.3): no signing time, which stands in the PDF.
 * In the order of DER, because that is how they are hashed.
 */
function signedAttributes(content: Uint8Array, certificate: Uint8Array, digest: Digest): SignedAndUnsignedAttributes {
  const attributes = [
    new Attribute({ type: OID.contentType, values: [new ObjectIdentifier({ value: OID.data })] }),
    new Attribute({ type: OID.messageDigest, values: [octets(createHash(digest).update(content).digest())] }),
    new Attribute({ type: OID.signingCertificateV2, values: [signingCertificate(certificate)] }),
  ];
  const encoded = attributes.map((attribute) => ({ attribute, der: Buffer.from(attribute.toSchema().toBER()) }));
  encoded.sort((one, other) => Buffer.compare(one.der, other.der));
  return new SignedAndUnsignedAttributes({ type: 0, attributes: encoded.map(({ attribute }) => attribute) });
}

/** Hashed as the SET OF that they are and not with the tag under which they stand (RFC 5652, 5.4). */
function toBeSigned(attributes: SignedAndUnsignedAttributes): Uint8Array {
  const der = new Uint8Array(attributes.toSchema().toBER());
  der[0] = 0x31;
  return der;
}

/** What makes B-T of B-B: the time of somebody else over the signature (ETSI EN 319 122-1, 5.3). */
function unsignedAttributes(token: Uint8Array): SignedAndUnsignedAttributes {
  const stamp = new Attribute({ type: OID.signatureTimeStamp, values: [fromBER(exact(token)).result] });
  return new SignedAndUnsignedAttributes({ type: 1, attributes: [stamp] });
}

/** A detached CMS signature over these bytes (RFC 5652) with the certificates, in DER; with a timestamp where there is `stamp`. */
export async function detachedCms(content: Uint8Array, signer: CertificateSigner, stamp?: Stamp): Promise<Uint8Array> {
  const [own] = signer.certificates;
  if (!own) throw new Error('a signer without a certificate');
  const certificates = signer.certificates.map((der) => Certificate.fromBER(exact(der)));
  const [leaf] = certificates;
  if (!leaf) throw new Error('a signer without a certificate');
  const signedAttrs = signedAttributes(content, own, signer.scheme.digest);
  const signature = await signer.sign(toBeSigned(signedAttrs));
  const digestAlgorithm = digestOf(signer.scheme.digest);
  const signedData = new SignedData({
    version: 1,
    digestAlgorithms: [digestAlgorithm],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.data }),
    certificates,
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: leaf.issuer, serialNumber: serialOf(leaf) }),
        digestAlgorithm,
        signedAttrs,
        signatureAlgorithm: signatureOf(signer.scheme),
        signature: octets(signature),
        ...(stamp ? { unsignedAttrs: unsignedAttributes(await stamp(signature)) } : {}),
      }),
    ],
  });
  const info = new ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
  return new Uint8Array(info.toSchema().toBER());
}

const serialOf = ({ serialNumber }: Certificate): Integer => serialNumber;
