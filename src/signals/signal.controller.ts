import { Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { FileMatching } from './matching/file-matching.service';
import { Matching } from './matching/matching.service';
import { FileMatchAnswer, MatchAnswer, MatchQuery } from './signal.dto';

@ApiTags('signals')
@Controller('v1/signals')
export class SignalController {
  constructor(
    private readonly matching: Matching,
    private readonly files: FileMatching,
  ) {}

  /** Every signal within the radius of a hash. */
  @Get('match')
  @Allow('signal.query')
  match(@CurrentActor() actor: Actor, @Query() query: MatchQuery): Promise<MatchAnswer> {
    return this.matching.byHash(actor, query);
  }

  /** Hashes one file, of 64 MiB at most, and looks its hashes up. The file is not kept. */
  @Post('match')
  @HttpCode(200)
  @Allow('signal.query')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  })
  matchFile(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<FileMatchAnswer> {
    return this.files.match(actor, request);
  }
}
