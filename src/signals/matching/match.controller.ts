import { Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, HotPath } from '../../infra/http/allow';
import { ApiForm } from '../../infra/http/api-form';
import { BodyOf } from '../../infra/http/route-facts';
import { untilHungUp } from '../../infra/http/hung-up';
import { BatchMatching } from './batch-matching.service';
import { MOST_QUESTIONS } from './batch-questions';
import { FileMatching } from './file-matching.service';
import {
  BatchMatchAnswer,
  BatchMatchRequest,
  FileMatchAnswer,
  FileMatchQuery,
  MatchAnswer,
  MatchQuery,
} from './match.dto';
import { Matching } from './matching.service';

/** Ten thousand of the longest lines, a SHA-512 with its type and radius, printed over several lines each. */
const BATCH_BODY = { bytes: MOST_QUESTIONS * 250, values: MOST_QUESTIONS * 5 };

@ApiTags('signals')
@Controller('v1/signals/match')
export class MatchController {
  constructor(
    private readonly matching: Matching,
    private readonly batches: BatchMatching,
    private readonly files: FileMatching,
  ) {}

  /** Every signal within the radius of a hash. Only the hash is sent; of a hash without a match a count is kept. */
  @Get()
  @Allow('signal.query')
  @HotPath('asked for each upload of a platform')
  match(@CurrentActor() actor: Actor, @Query() query: MatchQuery): Promise<MatchAnswer> {
    return this.matching.byHash(actor, query);
  }

  /**
   * Hashes one file, of 64 MiB at most, and looks its hashes up. The file is not kept. Of the day's questions each picture
   * takes one: the image, each of its variants, each page of a document; anything else one in all.
   */
  @Post()
  @HttpCode(200)
  @Allow('signal.query')
  @HotPath('asked for each upload of a platform')
  @ApiForm('file')
  matchFile(
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Query() { variants }: FileMatchQuery,
  ): Promise<FileMatchAnswer> {
    return this.files.match(actor, request, variants);
  }

  /** Up to 10,000 hashes at once: `values` of one `type`, or `queries` of several. */
  @Post('batch')
  @HttpCode(200)
  @Allow('signal.query')
  @HotPath('asked for each upload of a platform')
  @BodyOf(BATCH_BODY)
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiBody({ type: BatchMatchRequest })
  @ApiOkResponse({ type: BatchMatchAnswer })
  matchBatch(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<string> {
    return untilHungUp(request, (signal) => this.batches.match(actor, request.body, signal));
  }
}
