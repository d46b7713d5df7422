import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import type { FormLanguage } from '../../domain/forms/languages';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { CheckedConnector } from '../../infra/egress/connector';
import { log } from '../../infra/log';
import { Turns } from '../../infra/media/turns';
import type { SignedForm } from './authority-keys.service';
import { DocumentSigning } from './document-signing';
import { Drawing } from './drawing';
import type { PadesBaseline } from './pades';
import { readSignedForm, type ReadForm } from './read-form';
import { validForm } from './validate-form';

/** `both`: by certificate as a PDF, and by key over the data. */
export const SIGNATURE_LEVELS = ['none', 'jws', 'certificate', 'both'] as const;
export type SignatureLevel = (typeof SIGNATURE_LEVELS)[number];

export interface FormDocument {
  readonly pdf: Uint8Array;
  /** What the document itself says of it, too. */
  readonly level: SignatureLevel;
  /** Of the signature with a certificate, where there is one. */
  readonly baseline?: PadesBaseline;
}

export interface DocumentOptions {
  readonly language: FormLanguage;
  /** Whose form it is; its certificate signs the PDF where there is one. Left out: the PDF is not signed. */
  readonly issuer?: { readonly organisationId: string; readonly name: string };
  /** Made in the transaction in which the form was (`AuthorityKeys.signForm`). */
  readonly jws?: SignedForm;
  /**
   * Where the certificate cannot be used now: `refuse` (without this) for its owner, who is told why; `say` for somebody else, to
   * whom an order must not be withheld because of a token, and whose document says that it has no such signature.
   */
  readonly withoutCertificate?: 'refuse' | 'say';
}

const isOfCertificate = (error: unknown): boolean =>
  error instanceof DomainError && /^(form\.(no-certificate|certificate-unusable)|token\..+)$/.test(error.code);

/** Processes that read PDFs at the same time. */
const READERS = 2;

/** Forms as PDF documents, outside of any transaction: drawing one takes a tenth of a second. */
@Injectable()
export class FormDocuments implements OnApplicationShutdown {
  private readonly drawing = new Drawing();
  private readonly turns = new Turns(READERS);
  private readonly signing: DocumentSigning;

  constructor(@Inject(CONFIG) config: Config, clock: ClockSource, connector: CheckedConnector) {
    this.signing = new DocumentSigning(config, clock, connector, this.drawing);
  }

  /** @throws DomainError request.invalid, form.too-large, form.certificate-unusable, token.* */
  async draw(form: Form, options: DocumentOptions): Promise<FormDocument> {
    validForm(form);
    const { language, issuer, jws, withoutCertificate = 'refuse' } = options;
    try {
      const signed = issuer && (await this.signing.sign({ form, language, issuer, jws }));
      if (signed) return { ...signed, level: jws ? 'both' : 'certificate' };
    } catch (error) {
      if (withoutCertificate === 'refuse' || !isOfCertificate(error)) throw error;
      log.warn({ event: 'form.without-certificate', issuerId: issuer?.organisationId, reason: reasonOf(error) });
    }
    return { pdf: await this.drawing.draw(form, language, { jws }), level: jws ? 'jws' : 'none' };
  }

  /** What a PDF carries, held to its schema; its JWS is not verified by this. `owner` asks, and waits in turn with others. */
  read(pdf: Uint8Array, owner: string): Promise<ReadForm> {
    return this.turns.run(() => readSignedForm(pdf), new AbortController().signal, owner);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.signing.close(), this.drawing.close()]);
  }
}

const reasonOf = (error: unknown): string => (error instanceof DomainError ? error.code : 'unknown');
