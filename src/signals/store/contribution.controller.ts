import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SecondPerson } from '../../accounts/second-person';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { LINES_BODY } from '../../infra/http/body';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { BodyOf } from '../../infra/http/route-facts';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import {
  BatchAnswer,
  ContributeBatchDto,
  ContributeSignalDto,
  SignalQuery,
  SignalView,
  WithdrawSignalDto,
} from './contribution.dto';
import { Contributions } from './contributions.service';
import { EraseDto, RetractDto, RetractedView, ReviewDto, SignalHistoryEntry } from './lifecycle.dto';
import { SignalReading } from './reading.service';
import { Withdrawals } from './withdrawals.service';

/** A film may bring the hashes of 20,000 frames along. */
const ONE_BODY = { values: 120_000 };

@ApiTags('signals')
@Controller('v1/signals')
export class ContributionController {
  constructor(
    private readonly contributions: Contributions,
    private readonly withdrawals: Withdrawals,
    private readonly reading: SignalReading,
  ) {}

  /** Contributes a hash to the shared database. */
  @Post()
  @Allow('signal.contribute')
  @BodyOf(ONE_BODY)
  contribute(@CurrentActor() actor: Actor, @Body() dto: ContributeSignalDto): Promise<SignalView> {
    return this.contributions.contribute(actor, dto);
  }

  /** Up to 10,000 hashes. A line at fault is refused with its reason and the others stand. */
  @Post('batch')
  @HttpCode(200)
  @Allow('signal.contribute')
  @BodyOf(LINES_BODY)
  contributeBatch(@CurrentActor() actor: Actor, @Body() dto: ContributeBatchDto): Promise<BatchAnswer> {
    return this.contributions.contributeBatch(actor, dto);
  }

  /** Ends one's own contributions from a case, an exhibit or a notice, because their legal basis fell. */
  @Post('retract')
  @HttpCode(200)
  @Allow('signal.withdraw')
  retract(@CurrentActor() actor: Actor, @Body() dto: RetractDto): Promise<RetractedView> {
    return this.withdrawals.retract(actor, dto);
  }

  /** Signals of lists that one reads, newest first. */
  @Get()
  @Allow('signal.query')
  @ApiPage(SignalView)
  list(@CurrentActor() actor: Actor, @Query() query: SignalQuery): Promise<Page<SignalView>> {
    return this.reading.list(actor, query);
  }

  @Get(':id')
  @Allow('signal.query')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SignalView> {
    return this.reading.get(actor, id);
  }

  /** Entries of the ledger about a signal that one may read, newest first. */
  @Get(':id/history')
  @Allow('signal.query')
  @ApiPage(SignalHistoryEntry)
  history(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<SignalHistoryEntry>> {
    return this.reading.history(actor, id, query);
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
    return this.withdrawals.withdraw(actor, id, dto);
  }

  /** Looks at one's own contribution again: it stands for another 24 months and is provisional no more. */
  @Post(':id/review')
  @HttpCode(200)
  @Allow('signal.withdraw')
  review(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ReviewDto,
  ): Promise<SignalView> {
    return this.withdrawals.review(actor, id, dto.note);
  }

  /** Erases a hash, with what was said of it, from the lists that one answers for. Takes two people. */
  @Post(':id/erase')
  @HttpCode(200)
  @Allow('signal-list.manage')
  @SecondPerson({ verb: 'signal.erase', subject: 'id', table: 'signal' })
  erase(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string, @Body() dto: EraseDto): Promise<SignalView> {
    return this.withdrawals.erase(actor, id, dto.reason);
  }
}
