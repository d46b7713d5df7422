import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { SignalView } from './contribution.dto';
import { Disputes } from './disputes.service';
import {
  DisputeQuery,
  DisputeView,
  DisputeWithSignal,
  OpinionsView,
  ResolvedDisputes,
  ResolveDisputeDto,
  ResolveDisputesDto,
  StateOpinionDto,
} from './opinion.dto';
import { ManyDisputes } from './many-disputes.service';
import { Opinions } from './opinions.service';

@ApiTags('signals')
@Controller('v1')
export class OpinionController {
  constructor(
    private readonly opinions: Opinions,
    private readonly disputes: Disputes,
    private readonly many: ManyDisputes,
  ) {}

  /** Confirms or disputes a hash. A dispute keeps it from blocking anything until a person has decided. */
  @Post('signals/:id/opinion')
  @HttpCode(200)
  @Allow('signal.opine')
  state(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: StateOpinionDto,
  ): Promise<SignalView> {
    return this.opinions.state(actor, id, dto);
  }

  /** Takes one's opinion back, and the dispute that it opened. */
  @Post('signals/:id/opinion/retract')
  @HttpCode(200)
  @Allow('signal.opine')
  retract(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SignalView> {
    return this.opinions.retract(actor, id);
  }

  /** Every opinion ever stated, newest first. */
  @Get('signals/:id/opinions')
  @Allow('signal.query')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<OpinionsView> {
    return this.opinions.list(actor, id);
  }

  /** Disputes about hashes that one may see. */
  @Get('signal-disputes')
  @Allow('signal.resolve')
  @ApiPage(DisputeView)
  disputed(@CurrentActor() actor: Actor, @Query() query: DisputeQuery): Promise<Page<DisputeView>> {
    return this.disputes.list(actor, query);
  }

  /** Decides up to 1,000 disputes alike: those named, or what one organisation opened. */
  @Post('signal-disputes/resolve')
  @HttpCode(200)
  @Allow('signal.resolve')
  resolveMany(@CurrentActor() actor: Actor, @Body() dto: ResolveDisputesDto): Promise<ResolvedDisputes> {
    return this.many.resolve(actor, dto);
  }

  @Get('signal-disputes/:id')
  @Allow('signal.resolve')
  dispute(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<DisputeWithSignal> {
    return this.disputes.get(actor, id);
  }

  /** Decides a dispute: the owner of the list, the operator, or the only contributor; never the one who disputes. */
  @Post('signal-disputes/:id/resolve')
  @HttpCode(200)
  @Allow('signal.resolve')
  resolve(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ResolveDisputeDto,
  ): Promise<DisputeWithSignal> {
    return this.disputes.resolve(actor, id, dto);
  }
}
