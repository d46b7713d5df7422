import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SecondPerson } from '../../accounts/second-person';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiForm } from '../../infra/http/api-form';
import { ApiPage, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { NoticeView } from '../notice.view';
import { AnsweringOutside } from './answering-outside.service';
import { assertUndecided, Deciding } from './deciding.service';
import { EndingOutside } from './ending-outside.service';
import { HandingIn } from './handing-in.service';
import { ReadingReceived } from './reading-received.service';
import {
  AnswerFormQuery,
  AnswerFormView,
  AnswerSentDto,
  ClarifiedDto,
  EndedDto,
  GenuineDto,
  NotGenuineDto,
  ReadingQuery,
  ReceivedFormView,
  ReceivedKeyView,
  ReceivedOrderDetailView,
  ReceivedOrderView,
  ReceivedQuery,
} from './received.dto';

/** Removal orders that reached a platform outside of this installation. */
@ApiTags('received orders')
@Controller('v1/received-orders')
export class ReceivedOrdersController {
  constructor(
    private readonly handing: HandingIn,
    private readonly reading: ReadingReceived,
    private readonly deciding: Deciding,
    private readonly answering: AnsweringOutside,
    private readonly ending: EndingOutside,
  ) {}

  /**
   * Hands in an order as it was received, as a form: the part `order` with `channel`, `receivedAt` and, beside JSON, `jws`; then
   * the file, a PDF with embedded data or JSON. It is recognised by its signature, or waits for people; its receipt is recorded
   * either way. The same form again is the same order.
   */
  @Post()
  @Allow('received-order.hand-in')
  @ApiForm('order', 'file')
  handIn(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<ReceivedOrderDetailView> {
    return this.handing.handIn(actor, request);
  }

  @Get()
  @Allow('received-order.read')
  @ApiPage(ReceivedOrderView)
  list(@CurrentActor() actor: Actor, @Query() query: ReceivedQuery): Promise<Page<ReceivedOrderView>> {
    return this.reading.list(actor, query);
  }

  /** Keys of outside authorities that your people pinned. They bind nobody else. */
  @Get('keys')
  @Allow('received-order.read')
  keys(@CurrentActor() actor: Actor): Promise<ReceivedKeyView[]> {
    return this.deciding.keys(actor);
  }

  /** Ends a pinned key: what is received from now on is not recognised by it. */
  @Post('keys/:kid/retire')
  @HttpCode(200)
  @Allow('received-order.decide')
  retire(@CurrentActor() actor: Actor, @Param('kid') kid: string): Promise<ReceivedKeyView[]> {
    return this.deciding.retire(actor, kid);
  }

  @Get(':id')
  @Allow('received-order.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ReceivedOrderDetailView> {
    return this.reading.get(actor, id);
  }

  @Get(':id/form')
  @Allow('received-order.read')
  form(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ReceivedFormView> {
    return this.reading.form(actor, id);
  }

  /** The form to be read by a person: text alone, addresses defanged, what turns text around written out. */
  @Get(':id/text')
  @Allow('received-order.read')
  @ApiProduces('text/plain')
  @Header('content-security-policy', 'sandbox')
  async text(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() { language }: ReadingQuery,
  ): Promise<StreamableFile> {
    const text = await this.reading.text(actor, id, language);
    return new StreamableFile(Buffer.from(text), { type: 'text/plain; charset=utf-8' });
  }

  /** Takes two people, who name the same authority and the same key. The order is taken up; its hour has run since its receipt. */
  @Post(':id/genuine')
  @HttpCode(200)
  @Allow('received-order.decide')
  @SecondPerson({
    verb: 'received-order.genuine',
    subject: 'id',
    table: 'received_order',
    alike: ['authorityId', 'publicKey', 'overturn'],
    refuse: (tx, _actor, id) => assertUndecided(tx, id),
  })
  genuine(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: GenuineDto,
  ): Promise<ReceivedOrderDetailView> {
    return this.deciding.genuine(actor, id, dto);
  }

  @Post(':id/not-genuine')
  @HttpCode(200)
  @Allow('received-order.decide')
  notGenuine(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: NotGenuineDto,
  ): Promise<ReceivedOrderDetailView> {
    return this.deciding.notGenuine(actor, id, dto);
  }

  /** The answer to be sent back by hand, as the notice stands now: Annex II or Annex III. */
  @Get(':id/answer')
  @Allow('received-order.read')
  async answer(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: AnswerFormQuery,
  ): Promise<AnswerFormView> {
    return { form: { ...(await this.answering.form(actor, id, query)) } };
  }

  /** The same as a document, with its data embedded. */
  @Get(':id/answer.pdf')
  @Allow('received-order.read')
  @ApiProduces('application/pdf')
  @Header('content-security-policy', 'sandbox')
  async answerPdf(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: AnswerFormQuery,
  ): Promise<StreamableFile> {
    const pdf = await this.answering.pdf(actor, id, query);
    return new StreamableFile(pdf, { type: 'application/pdf', disposition: `attachment; filename="answer-${id}.pdf"` });
  }

  @Post(':id/answer-sent')
  @HttpCode(200)
  @Allow('notice.answer')
  answerSent(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AnswerSentDto,
  ): Promise<ReceivedOrderDetailView> {
    return this.answering.sent(actor, id, dto);
  }

  /** What you had asked the authority for has come: the hour begins again from then (Art. 3(8)). */
  @Post(':id/clarified')
  @HttpCode(200)
  @Allow('notice.answer')
  clarified(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ClarifiedDto,
  ): Promise<NoticeView> {
    return this.answering.clarified(actor, id, dto);
  }

  /** The authority withdrew the order, or it was annulled: nothing runs any more, and what was taken down is to be put back. */
  @Post(':id/ended')
  @HttpCode(200)
  @Allow('received-order.decide')
  ended(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string, @Body() dto: EndedDto): Promise<NoticeView> {
    return this.ending.ended(actor, id, dto);
  }
}
