import { plainAddPlaceholder } from '@signpdf/placeholder-plain';
import { SignPdf, Signer } from '@signpdf/signpdf';
import { detachedCms, type CertificateSigner, type Stamp } from './cms';

/** Room for the CMS in the PDF, bytes: a chain of four RSA certificates needs 8 KiB, a timestamp with its own as much again. */
const SIGNATURE_BYTES = 32_768;

/** Of PAdES (ETSI EN 319 142-1): B-T has a timestamp of somebody else over the signature. */
export const PADES_BASELINES = ['B-B', 'B-T'] as const;
export type PadesBaseline = (typeof PADES_BASELINES)[number];

export interface SignedPdf {
  readonly pdf: Uint8Array;
  readonly baseline: PadesBaseline;
}

class CmsSigner extends Signer {
  constructor(
    private readonly signer: CertificateSigner,
    private readonly stamp: Stamp | undefined,
  ) {
    super();
  }

  override async sign(pdf: Buffer): Promise<Buffer> {
    return Buffer.from(await detachedCms(pdf, this.signer, this.stamp));
  }
}

/**
 * Signs a whole PDF as PAdES baseline B-B (ETSI EN 319 142-1), B-T with `stamp`: an invisible field, `ETSI.CAdES.detached`, the signing time in
 * the dictionary. The document before it stays byte for byte as it was.
 * @param name of the authority, as the signature shows it
 */
export async function signPdf(
  pdf: Uint8Array,
  signer: CertificateSigner,
  { name, at, stamp }: { readonly name: string; readonly at: Date; readonly stamp?: Stamp },
): Promise<Uint8Array> {
  const prepared = plainAddPlaceholder({
    pdfBuffer: Buffer.from(pdf),
    reason: '',
    contactInfo: '',
    location: '',
    name,
    signingTime: at,
    signatureLength: SIGNATURE_BYTES,
    subFilter: 'ETSI.CAdES.detached',
    appName: 'Clepsydra',
  });
  return new SignPdf().sign(prepared, new CmsSigner(signer, stamp), at);
}
