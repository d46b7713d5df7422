import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LINES_BODY } from '../../../infra/http/body';
import type { Sent } from '../core/sent';
import type { Bearer } from '../credentials/credential';
import { CurrentBearer, OwnCredential } from '../credentials/own-credential';
import { StopnciiFetch, type FetchAnswer } from './stopncii-fetch.service';
import { StopnciiSubmit, type SubmitAnswer } from './stopncii-submit.service';

/**
 * The StopNCII shape, at the paths and with the headers of its client. The query is read by hand: a client of that protocol
 * may send what we do not know, and is not refused for it.
 */
@ApiExcludeController()
@Controller('exchange/stopncii')
export class StopnciiController {
  constructor(
    private readonly fetching: StopnciiFetch,
    private readonly submitting: StopnciiSubmit,
  ) {}

  @Get('FetchHashes')
  @OwnCredential('stopncii', 'fetch')
  async hashes(
    @CurrentBearer() bearer: Bearer,
    @Query() query: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FetchAnswer> {
    const { answer, leftOut } = await this.fetching.page(bearer, query);
    // Hashes of types that the protocol does not know, on this page.
    void reply.headers({ 'cache-control': 'no-store', 'x-clepsydra-left-out': `${leftOut}` });
    return answer;
  }

  @Post('SubmitHashes')
  @HttpCode(200)
  @OwnCredential('stopncii', 'submit', LINES_BODY)
  submit(@CurrentBearer() bearer: Bearer, @Body() body: unknown): Promise<SubmitAnswer> {
    return this.submitting.submit(bearer, body);
  }

  @Post('SubmitFeedback')
  @HttpCode(200)
  @OwnCredential('stopncii', 'feedback')
  feedback(@CurrentBearer() bearer: Bearer, @Body() body: unknown): Promise<SubmitAnswer> {
    return this.submitting.feedback(bearer, body);
  }
}
