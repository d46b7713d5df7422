import { createHash } from 'node:crypto';
import { Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';

/** What signs: a key file here, a token behind PKCS #11 elsewhere. Only the key itself differs. */
export interface CertificateSigner {
  /** DER, the signer's own first, then those that lead to its root. */
  readonly certificates: readonly Uint8Array[];
  readonly algorithm: 'RSA' | 'ECDSA';
  /** Over SHA-256 of these bytes: PKCS #1 v1.5, or ECDSA in DER. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  RSA: '1.2.840.113549.1.1.11',
  ECDSA: '1.2.840.10045.4.3.2',
} as const;

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
function signedAttributes(content: Uint8Array, certificate: Uint8Array): SignedAndUnsignedAttributes {
  const attributes = [
    new Attribute({ type: OID.contentType, values: [new ObjectIdentifier({ value: OID.data })] }),
    new Attribute({ type: OID.messageDigest, values: [octets(sha256(content))] }),
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

/** A detached CMS signature over these bytes (RFC 5652) with the certificates, in DER. */
export async function detachedCms(content: Uint8Array, signer: CertificateSigner): Promise<Uint8Array> {
  const [own] = signer.certificates;
  if (!own) throw new Error('a signer without a certificate');
  const certificates = signer.certificates.map((der) => Certificate.fromBER(exact(der)));
  const [leaf] = certificates;
  if (!leaf) throw new Error('a signer without a certificate');
  const signedAttrs = signedAttributes(content, own);
  const signature = await signer.sign(toBeSigned(signedAttrs));
  const digestAlgorithm = new AlgorithmIdentifier({ algorithmId: OID.sha256 });
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
        signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: OID[signer.algorithm] }),
        signature: octets(signature),
      }),
    ],
  });
  const info = new ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
  return new Uint8Array(info.toSchema().toBER());
}

const serialOf = ({ serialNumber }: Certificate): Integer => serialNumber;
