import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { FileMatching } from './matching/file-matching.service';
import { Matching } from './matching/matching.service';
import {
  ContributeSignalDto,
  FileMatchAnswer,
  MatchAnswer,
  MatchQuery,
  SignalView,
  WithdrawSignalDto,
} from './signal.dto';
import { Signals } from './signals.service';

@ApiTags('signals')
@Controller('v1/signals')
export class SignalController {
  constructor(
    private readonly signals: Signals,
    private readonly matching: Matching,
    private readonly files: FileMatching,
  ) {}

  /** Contributes a hash to the shared database. */
  @Post()
  @Allow('signal.contribute')
  contribute(@CurrentActor() actor: Actor, @Body() dto: ContributeSignalDto): Promise<SignalView> {
    return this.signals.contribute(actor, dto);
  }

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

  @Get(':id')
  @Allow('signal.query')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SignalView> {
    return this.signals.get(actor, id);
  }

  /** Takes one's own contribution back. */
  @Post(':id/withdraw')
  @HttpCode(200)
  @Allow('signal.withdraw')
  withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: WithdrawSignalDto,
  ): Promise<SignalView> {
    return this.signals.withdraw(actor, id, dto.reason);
  }
}
