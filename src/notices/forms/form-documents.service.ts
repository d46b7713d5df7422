import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Form } from '../../domain/forms/forms';
import type { FormLanguage } from '../../domain/forms/languages';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Tokens } from '../../infra/crypto/pkcs11/token';
import { Turns } from '../../infra/media/turns';
import type { SignedForm } from './authority-keys.service';
import type { CertificateSigner } from './cms';
import { Drawing } from './drawing';
import { openKeyFile } from './key-file';
import { signPdf } from './pades';
import { readSignedForm, type ReadForm } from './read-form';
import { openTokenFile } from './token-file';
import { validForm } from './validate-form';

/** `both`: by certificate as a PDF, and by key over the data. */
export const SIGNATURE_LEVELS = ['none', 'jws', 'certificate', 'both'] as const;
export type SignatureLevel = (typeof SIGNATURE_LEVELS)[number];

export interface FormDocument {
  readonly pdf: Uint8Array;
  /** What the document itself says of it, too. */
  readonly level: SignatureLevel;
}

export interface DocumentOptions {
  readonly language: FormLanguage;
  /** Whose form it is; its certificate signs the PDF where there is one. Left out: the PDF is not signed. */
  readonly issuer?: { readonly organisationId: string; readonly name: string };
  /** Made in the transaction in which the form was (`AuthorityKeys.signForm`). */
  readonly jws?: SignedForm;
}

/** Processes that read PDFs at the same time. */
const READERS = 2;

/** Forms as PDF documents, outside of any transaction: drawing one takes a tenth of a second. */
@Injectable()
export class FormDocuments implements OnApplicationShutdown {
  private readonly drawing = new Drawing();
  private readonly turns = new Turns(READERS);
  private readonly tokens = new Tokens();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: ClockSource,
  ) {}

  /** @throws DomainError request.invalid, form.too-large, form.certificate-unusable, token.* */
  async draw(form: Form, { language, issuer, jws }: DocumentOptions): Promise<FormDocument> {
    validForm(form);
    const at = this.clock.now();
    const signer = issuer && (await this.signerOf(issuer.organisationId, at));
    const pdf = await this.drawing.draw(form, language, { jws, certificate: signer !== undefined });
    if (!signer || !issuer) return { pdf, level: jws ? 'jws' : 'none' };
    return { pdf: await signPdf(pdf, signer, { name: issuer.name, at }), level: jws ? 'both' : 'certificate' };
  }

  /** What a PDF carries, held to its schema; its JWS is not verified by this. `owner` asks, and waits in turn with others. */
  read(pdf: Uint8Array, owner: string): Promise<ReadForm> {
    return this.turns.run(() => readSignedForm(pdf), new AbortController().signal, owner);
  }

  onApplicationShutdown(): Promise<void> {
    this.tokens.close();
    return this.drawing.close();
  }

  private async signerOf(organisationId: string, at: Date): Promise<CertificateSigner | undefined> {
    const { certificatesDirectory: folder } = this.config;
    return (
      (await openTokenFile(folder, organisationId, at, this.tokens)) ?? (await openKeyFile(folder, organisationId, at))
    );
  }
}
