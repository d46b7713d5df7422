import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { SecondPerson } from '../../accounts/second-person';
import type { Form } from '../../domain/forms/forms';
import { Work } from '../../infra/database/work';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { FormDocuments } from '../forms/form-documents.service';
import { renderForm } from '../forms/render-form';
import { NoticeView } from '../notice.view';
import { Ordering } from './ordering.service';
import {
  AdvanceInformationDto,
  AdvanceInformationView,
  DraftOrderDto,
  FormQuery,
  SignedFormView,
  SignOrderDto,
} from './orders.dto';
import { lockSignable, Signing, signedFormOf } from './signing.service';

/** As the form names it. */
const issuerOf = (form: Form): string => (form.form === 'annex-i' ? form.content.e.name : '');

@ApiTags('orders')
@Controller('v1')
export class OrdersController {
  constructor(
    private readonly ordering: Ordering,
    private readonly signing: Signing,
    private readonly work: Work,
    private readonly documents: FormDocuments,
  ) {}

  @Post('orders')
  @Allow('order.draft')
  draft(@CurrentActor() actor: Actor, @Body() dto: DraftOrderDto): Promise<NoticeView> {
    return this.ordering.draft(actor, dto);
  }

  @Get('orders/advance-information')
  @Allow('notice.read')
  informations(@CurrentActor() actor: Actor): Promise<AdvanceInformationView[]> {
    return this.ordering.informations(actor);
  }

  @Post('orders/advance-information')
  @Allow('order.draft')
  inform(@CurrentActor() actor: Actor, @Body() dto: AdvanceInformationDto): Promise<AdvanceInformationView> {
    return this.ordering.inform(actor, dto);
  }

  /** Takes two people of the authority: the first asks, the second signs. */
  @Post('notices/:id/sign')
  @HttpCode(200)
  @Allow('order.sign')
  @SecondPerson({ verb: 'order.sign', subject: 'id', table: 'notice', refuse: lockSignable })
  sign(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() _dto: SignOrderDto,
  ): Promise<NoticeView> {
    return this.signing.sign(actor, id);
  }

  /** The signed Annex I with its detached JWS. */
  @Get('notices/:id/form')
  @Allow('notice.read')
  form(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SignedFormView> {
    return this.work.read(actor, async (tx) => {
      const { form, kid, compact } = await signedFormOf(tx, id);
      return { form: { ...form }, kid, jws: compact };
    });
  }

  /**
   * The same as a document, with its JSON and its signature attached; signed with the certificate of the authority as well, where
   * it has one. If that cannot be used now the authority is told why, and others have the document without it.
   */
  @Get('notices/:id/form.pdf')
  @Allow('notice.read')
  @ApiProduces('application/pdf')
  @Header('content-security-policy', 'sandbox')
  async document(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() { language = 'en' }: FormQuery,
  ): Promise<StreamableFile> {
    const { form, kid, compact, issuerId } = await this.work.read(actor, (tx) => signedFormOf(tx, id));
    const { pdf } = await this.documents.draw(form, {
      language,
      issuer: { organisationId: issuerId, name: issuerOf(form) },
      jws: { kid, compact },
      withoutCertificate: actor.organisationId === issuerId ? 'refuse' : 'say',
    });
    return new StreamableFile(pdf, { type: 'application/pdf', disposition: `attachment; filename="order-${id}.pdf"` });
  }

  /** What would be signed if it were signed now, as a document that says that it is not. For the issuer alone. */
  @Get('notices/:id/form-preview.pdf')
  @Allow('order.sign')
  @ApiProduces('application/pdf')
  @Header('content-security-policy', 'sandbox')
  async preview(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() { language = 'en' }: FormQuery,
  ): Promise<StreamableFile> {
    const pdf = await renderForm(await this.signing.preview(actor, id), language);
    return new StreamableFile(pdf, { type: 'application/pdf', disposition: `attachment; filename="draft-${id}.pdf"` });
  }
}
