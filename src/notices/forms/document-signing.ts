import { DomainError } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import type { FormLanguage } from '../../domain/forms/languages';
import type { ClockSource } from '../../infra/clock-source';
import type { Config } from '../../infra/config';
import { Tokens } from '../../infra/crypto/pkcs11/token';
import { timestampOver } from '../../infra/crypto/timestamp';
import type { CheckedConnector } from '../../infra/egress/connector';
import { log } from '../../infra/log';
import type { SignedForm } from './authority-keys.service';
import type { Drawing } from './drawing';
import { openKeyFile } from './key-file';
import { signPdf, type PadesBaseline, type SignedPdf } from './pades';
import { hasCertificate, SignedDocuments } from './signed-documents';
import { openTokenFile } from './token-file';

/** What is signed, of whom. */
export interface DocumentToSign {
  readonly form: Form;
  readonly language: FormLanguage;
  readonly issuer: { readonly organisationId: string; readonly name: string };
  readonly jws?: SignedForm | undefined;
}

/** A timestamping authority that failed is not waited for again before that. */
const PAUSE_MS = 60_000;

const isOfTimestamp = (error: unknown): boolean =>
  error instanceof DomainError && /^(timestamp|egress)\./.test(error.code);

/** Signs documents with the certificates of their authorities, and has the signatures timestamped where a TSA is named. */
export class DocumentSigning {
  private readonly tokens = new Tokens();
  private readonly kept = new SignedDocuments();
  private pausedUntil = 0;

  constructor(
    private readonly config: Config,
    private readonly clock: ClockSource,
    private readonly connector: CheckedConnector,
    private readonly drawing: Drawing,
  ) {}

  /**
   * Undefined when the authority has no certificate here. Without its timestamp it is B-B, and the document says so.
   * @throws DomainError form.too-large, form.certificate-unusable, form.no-certificate, token.*
   */
  async sign(document: DocumentToSign): Promise<SignedPdf | undefined> {
    if (!(await hasCertificate(this.config.certificatesDirectory, document.issuer.organisationId))) return undefined;
    const now = this.clock.now().getTime();
    if (!this.config.timestampUrl || now < this.pausedUntil) return this.once(document, 'B-B');
    try {
      return await this.once(document, 'B-T');
    } catch (error) {
      if (!isOfTimestamp(error)) throw error;
      this.pausedUntil = now + PAUSE_MS;
      log.warn({ event: 'form.without-timestamp', reason: error instanceof DomainError ? error.code : 'unknown' });
      return this.once(document, 'B-B');
    }
  }

  close(): Promise<void> {
    return this.tokens.close();
  }

  private once(document: DocumentToSign, baseline: PadesBaseline): Promise<SignedPdf> {
    const { certificatesDirectory: folder } = this.config;
    const { organisationId } = document.issuer;
    return this.kept.once(folder, organisationId, [document, baseline], () => this.make(document, baseline));
  }

  private async make({ form, language, issuer, jws }: DocumentToSign, baseline: PadesBaseline): Promise<SignedPdf> {
    const { certificatesDirectory: folder, timestampUrl } = this.config;
    const { organisationId, name } = issuer;
    const at = this.clock.now();
    const signer =
      (await openTokenFile(folder, organisationId, at, this.tokens)) ?? (await openKeyFile(folder, organisationId, at));
    if (!signer) throw new DomainError('form.no-certificate');
    const pdf = await this.drawing.draw(form, language, { jws, certificate: baseline });
    const stamp = async (signature: Uint8Array): Promise<Uint8Array> =>
      (await timestampOver(signature, this.connector, timestampUrl ?? '')).token;
    const how = { name, at, ...(baseline === 'B-T' ? { stamp } : {}) };
    return { pdf: await signPdf(pdf, signer, how), baseline };
  }
}
