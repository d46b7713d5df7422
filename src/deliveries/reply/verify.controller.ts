import { Body, Controller, Get, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../infra/http/allow';
import { answerErrorsUnder } from '../../infra/http/problem.filter';
import { RateLimit } from '../../infra/http/rate-limit';
import { fieldsOf } from './form-body';
import { failAsPage, sendPage } from './reply.controller';
import { languageOf } from './texts/texts';
import { renderUnknown, renderVerified, renderVerify } from './verify.page';
import { Verifying } from './verifying.service';

const WHY = 'whoever has received a mail looks up who wrote it';

/** Typed by hand by whoever does not trust the mail: no link leads here with a code in it. */
@ApiExcludeController()
@Controller('verify')
export class VerifyController {
  constructor(private readonly verifying: Verifying) {
    answerErrorsUnder('verify', failAsPage);
  }

  @Get()
  @Public(WHY)
  ask(
    @Query('lang') asked: unknown,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    sendPage(reply, 200, renderVerify(languageOf(asked, accepted)));
  }

  /** Ten a minute from one address: 60 bits are not found by trying. */
  @Post()
  @HttpCode(200)
  @Public(WHY)
  @RateLimit({ max: 10, timeWindow: '1 minute' })
  async lookUp(
    @Body() body: unknown,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { code, lang } = fieldsOf(body);
    const language = languageOf(lang, accepted);
    if (code === undefined) return sendPage(reply, 200, renderVerify(language));
    const verified = await this.verifying.lookUp(code);
    if (!verified) return sendPage(reply, 404, renderUnknown(language));
    sendPage(reply, 200, renderVerified(language, verified));
  }
}
