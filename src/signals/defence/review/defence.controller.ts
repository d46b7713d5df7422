import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SecondPerson } from '../../../accounts/second-person';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor } from '../../../infra/http/allow';
import { ApiForm } from '../../../infra/http/api-form';
import { LINES_BODY } from '../../../infra/http/body';
import { BodyOf } from '../../../infra/http/route-facts';
import { ApiPage, PageQuery, type Page } from '../../../infra/http/paging';
import { ParseUuid } from '../../../infra/http/uuid.pipe';
import {
  AddNegativeLinesDto,
  Because,
  DecideQuarantineDto,
  NegativeQuery,
  NegativesAnswer,
  NegativeView,
  QuarantineDecision,
  QuarantineItemView,
  QuarantineQuery,
  QuarantineView,
  RemoveNegativesDto,
  RollBackAnswer,
  RollBackDto,
  SetTrustDto,
  TrustView,
} from './defence.dto';
import { NegativeUpload } from './negative-upload.service';
import { Negatives } from './negatives.service';
import { Quarantine } from './quarantine.service';
import { Rollback } from './rollback.service';
import { Trusts } from './trusts.service';

/** The operator's defence of the shared hashes. */
@ApiTags('signal defence')
@Controller('v1')
export class DefenceController {
  constructor(
    private readonly trusts: Trusts,
    private readonly negatives: Negatives,
    private readonly uploads: NegativeUpload,
    private readonly rollback: Rollback,
  ) {}

  /** How far each contributor is trusted, and what it contributed today. */
  @Get('signal-trust')
  @Allow('operator.signals')
  @ApiPage(TrustView)
  trust(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<TrustView>> {
    return this.trusts.list(actor, query);
  }

  @Post('signal-trust')
  @HttpCode(200)
  @Allow('operator.signals')
  setTrust(@CurrentActor() actor: Actor, @Body() dto: SetTrustDto): Promise<TrustView> {
    return this.trusts.set(actor, dto);
  }

  @Get('signal-negatives')
  @Allow('operator.signals')
  @ApiPage(NegativeView)
  listNegatives(@CurrentActor() actor: Actor, @Query() query: NegativeQuery): Promise<Page<NegativeView>> {
    return this.negatives.list(actor, query);
  }

  /** Adds up to 10,000 hashes of what must not match, and lists standing hashes that collide with them. */
  @Post('signal-negatives')
  @HttpCode(200)
  @Allow('operator.signals')
  @BodyOf(LINES_BODY)
  addNegatives(@CurrentActor() actor: Actor, @Body() dto: AddNegativeLinesDto): Promise<NegativesAnswer> {
    return this.negatives.add(actor, dto);
  }

  /** The same from a file of CSV or JSON lines, of 16 MiB at most: part `about` (kind, type, source, note, hold), then `file`. */
  @Post('signal-negatives/upload')
  @HttpCode(200)
  @Allow('operator.signals')
  @ApiForm('about', 'file')
  uploadNegatives(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<NegativesAnswer> {
    return this.uploads.receive(actor, request);
  }

  @Post('signal-negatives/remove')
  @HttpCode(200)
  @Allow('operator.signals')
  removeNegatives(@CurrentActor() actor: Actor, @Body() dto: RemoveNegativesDto): Promise<{ removed: number }> {
    return this.negatives.remove(actor, dto);
  }

  /** Takes back everything that an organisation contributed. The first call asks, the same call by somebody else does it. */
  @Post('organisations/:id/roll-back-signals')
  @HttpCode(200)
  @Allow('operator.signals')
  @SecondPerson({ verb: 'signals.roll-back', subject: 'id', table: 'organisation', alike: ['since'] })
  rollBack(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: RollBackDto,
  ): Promise<RollBackAnswer> {
    return this.rollback.rollBack(actor, id, dto);
  }
}

/** Contributions that wait for the operator. */
@ApiTags('signal defence')
@Controller('v1/signal-quarantine')
export class QuarantineController {
  constructor(private readonly quarantine: Quarantine) {}

  /** Batches in which something waits: held back when it was contributed, or listed for review since. */
  @Get()
  @Allow('operator.signals')
  @ApiPage(QuarantineView)
  list(@CurrentActor() actor: Actor, @Query() query: QuarantineQuery): Promise<Page<QuarantineView>> {
    return this.quarantine.list(actor, query);
  }

  @Get(':id')
  @Allow('operator.signals')
  @ApiPage(QuarantineItemView)
  items(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<QuarantineItemView>> {
    return this.quarantine.items(actor, id, query);
  }

  /** What was listed for review and stands matches no more until it is decided. */
  @Post(':id/hold')
  @HttpCode(200)
  @Allow('operator.signals')
  hold(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DecideQuarantineDto,
  ): Promise<QuarantineDecision> {
    return this.quarantine.hold(actor, id, dto);
  }

  /** Lets everything that still waits in the batch stand; reject the rest before. Takes a second person of the operator. */
  @Post(':id/release')
  @HttpCode(200)
  @Allow('operator.signals')
  @SecondPerson({ verb: 'signal-quarantine.release', subject: 'id', table: 'signal_quarantine' })
  release(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: Because,
  ): Promise<QuarantineDecision> {
    return this.quarantine.release(actor, id, dto);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Allow('operator.signals')
  reject(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DecideQuarantineDto,
  ): Promise<QuarantineDecision> {
    return this.quarantine.reject(actor, id, dto);
  }
}
