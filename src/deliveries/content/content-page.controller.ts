import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DomainError, type ProblemCode } from '../../domain/errors';
import { Public } from '../../infra/http/allow';
import { answerErrorsUnder } from '../../infra/http/problem.filter';
import { RateLimit } from '../../infra/http/rate-limit';
import { ContentNotices } from '../../notices/redress/content-notices.service';
import { fieldsOf } from '../reply/form-body';
import { failAsPage, sendPage } from '../reply/reply.controller';
import { languageOf } from '../reply/texts/texts';
import {
  DEMANDS,
  LEAST_TEXT,
  MOST_TEXT,
  renderConfirm,
  renderContent,
  renderContentLanding,
  type ContentPage,
  type Demand,
} from './content.page';
import type { ContentTexts } from './texts/en';

const WHY = 'the content provider has a reference and no account';
const OFTEN = { max: 60, timeWindow: '1 minute' } as const;
/** What is looked through before it is sent comes twice. */
const DEMANDED = { max: 20, timeWindow: '1 hour' } as const;

const FAULT_OF: Readonly<Partial<Record<ProblemCode, keyof ContentTexts['faults']>>> = {
  'complaint.order-stands': 'bound',
  'complaint.open': 'open',
  'scrutiny.period-over': 'late',
  'scrutiny.exists': 'exists',
};

/**
 * What a content provider reads and does, as pages that run nothing (Art. 10, 11): the same as under /v1/content, where a browser is
 * sent on to here. From the first page on the reference travels in the body of forms, so that it is in no address that is sent on.
 */
@ApiExcludeController()
@Controller('content')
export class ContentPageController {
  constructor(private readonly contentNotices: ContentNotices) {
    answerErrorsUnder('content', failAsPage);
  }

  /** Asks nothing and notes nothing: the same page for whatever reference. */
  @Get(':reference')
  @Public(WHY)
  @RateLimit(OFTEN)
  land(
    @Param('reference') reference: string,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    sendPage(reply, 200, renderContentLanding({ reference, lang: languageOf(accepted) }));
  }

  @Post()
  @HttpCode(200)
  @Public(WHY)
  @RateLimit(OFTEN)
  async open(
    @Body() body: unknown,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { where, text: given, demand } = enter(body, accepted);
    const view = await this.contentNotices.read(where.reference);
    // Whoever comes back from looking through what they typed goes on with it.
    sendPage(reply, 200, renderContent(where, { view, given, ...(demand ? { demand } : {}) }));
  }

  /** Once to look through what was typed, once to send it. */
  @Post(':demand')
  @HttpCode(200)
  @Public(WHY)
  @RateLimit(DEMANDED)
  async ask(
    @Param('demand') asked: string,
    @Body() body: unknown,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const demand = DEMANDS.find((one) => one === asked);
    if (!demand) throw new DomainError('request.not-found');
    const { where, text, isSure } = enter(body, accepted);
    const fits = text.length >= LEAST_TEXT && text.length <= MOST_TEXT && text.isWellFormed();
    if (!fits) return this.refuse(reply, where, { fault: 'length', demand, given: text });
    if (!isSure) return sendPage(reply, 200, renderConfirm(where, { demand, text }));
    try {
      const view = await this.demand(demand, where.reference, text);
      sendPage(reply, 200, renderContent(where, { view, isSent: true }));
    } catch (error) {
      if (!(error instanceof DomainError) || !/^(content|complaint|scrutiny)\./.test(error.code)) throw error;
      await this.refuse(reply, where, { fault: FAULT_OF[error.code] ?? 'other', demand, given: text });
    }
  }

  private demand(demand: Demand, reference: string, text: string): ReturnType<ContentNotices['read']> {
    if (demand === 'complaint') return this.contentNotices.complain(reference, { text });
    return this.contentNotices.requestScrutiny(reference, { reasons: text });
  }

  /** What is so now, with what was typed: the same page as ever where nothing can be told. */
  private async refuse(
    reply: FastifyReply,
    where: ContentPage,
    refused: { readonly fault: keyof ContentTexts['faults']; readonly demand: Demand; readonly given: string },
  ): Promise<void> {
    const view = await this.contentNotices.read(where.reference);
    sendPage(reply, 409, renderContent(where, { view, ...refused }));
  }
}

function enter(
  body: unknown,
  accepted: string | undefined,
): { readonly where: ContentPage; readonly text: string; readonly isSure: boolean; readonly demand?: Demand } {
  const { reference = '', lang, text = '', sure, demand: asked } = fieldsOf(body);
  const demand = DEMANDS.find((one) => one === asked);
  // A form sends its lines with CRLF, which counts as one character where it was typed.
  const typed = text.replaceAll('\r\n', '\n').trim();
  return {
    where: { reference, lang: languageOf(lang, accepted) },
    text: typed,
    isSure: sure === 'yes',
    ...(demand ? { demand } : {}),
  };
}
