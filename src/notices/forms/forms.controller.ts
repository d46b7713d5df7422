import '@fastify/multipart';
import { Body, Controller, HttpCode, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';
import { isFormLanguage } from '../../domain/forms/languages';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiForm } from '../../infra/http/api-form';
import { ATTACHMENT_LIMITS } from './attachments';
import { FormDocuments } from './form-documents.service';
import { FormLanguageQuery, ReadFormView } from './forms.dto';
import { validForm } from './validate-form';

/** Between the two ways in which a form travels: as data and as a document. Nothing is kept of either. */
@ApiTags('forms')
@Controller('v1/forms')
export class FormsController {
  constructor(private readonly documents: FormDocuments) {}

  /** Draws a form (`/schemas/form.json`) as a PDF with its data embedded. It is not signed: whoever sent it may not be its issuer. */
  @Post('pdf')
  @HttpCode(200)
  @Allow('notice.read')
  @ApiBody({ schema: { type: 'object' } })
  @ApiProduces('application/pdf')
  async draw(@Body() body: object, @Query() { language }: FormLanguageQuery): Promise<StreamableFile> {
    if (!isFormLanguage(language)) throw new DomainError('request.invalid');
    const { pdf } = await this.documents.draw(validForm(body), { language });
    return new StreamableFile(pdf, { type: 'application/pdf', disposition: 'attachment; filename="form.pdf"' });
  }

  /** The form that a PDF carries, held to its schema, and its signature, which is not verified by this. */
  @Post('read')
  @HttpCode(200)
  @Allow('notice.read')
  @ApiForm('file')
  async read(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<ReadFormView> {
    const { form, jws } = await this.documents.read(await pdfOf(request), actor.organisationId);
    return { form: { ...form }, jws };
  }
}

/** The one file of the request. @throws DomainError request.invalid, pdf.too-large */
async function pdfOf(request: FastifyRequest): Promise<Uint8Array> {
  const { maxBytes } = ATTACHMENT_LIMITS;
  const file = request.isMultipart() ? await request.file({ limits: { fileSize: maxBytes, files: 1 } }) : undefined;
  if (!file) throw new DomainError('request.invalid', {}, [{ pointer: '/file', detail: 'is missing' }]);
  const chunks: Buffer[] = [];
  const pieces: AsyncIterable<Buffer> = file.file;
  for await (const piece of pieces) chunks.push(piece);
  if (file.file.truncated) throw new DomainError('pdf.too-large', { maxBytes });
  return Buffer.concat(chunks);
}
