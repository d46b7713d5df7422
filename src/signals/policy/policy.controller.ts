import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, SignedIn } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { DryRun } from './dry-run.service';
import { Feedback } from './feedback.service';
import { Policies } from './policies.service';
import {
  DraftPolicyDto,
  DryRunAnswer,
  DryRunDto,
  FeedbackAnswer,
  FeedbackDto,
  FeedbackView,
  PolicyView,
} from './policy.dto';

/** What an organisation wants done with matches. */
@ApiTags('signal policies')
@Controller('v1/signal-policies')
export class PolicyController {
  constructor(
    private readonly policies: Policies,
    private readonly dryRuns: DryRun,
  ) {}

  @Get()
  @Allow('signal-policy.manage')
  @ApiPage(PolicyView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<PolicyView>> {
    return this.policies.list(actor, query);
  }

  /** The policy that decides now, in words as well. */
  @Get('current')
  @SignedIn('what one’s own organisation does with matches')
  current(@CurrentActor() actor: Actor): Promise<PolicyView> {
    return this.policies.current(actor);
  }

  /** Writes a policy down; it decides nothing until it is put in force. */
  @Post()
  @Allow('signal-policy.manage')
  draft(@CurrentActor() actor: Actor, @Body() dto: DraftPolicyDto): Promise<PolicyView> {
    return this.policies.draft(actor, dto);
  }

  /** What these rules would have done with the matches of yesterday, or of up to 31 days. Changes nothing; without it a policy is not put in force. */
  @Post(':id/dry-run')
  @HttpCode(200)
  @Allow('signal-policy.manage')
  dryRun(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DryRunDto,
  ): Promise<DryRunAnswer> {
    return this.dryRuns.run(actor, id, dto);
  }

  /** Puts a policy in force that was tried in a dry run; the one before is kept and can be put in force again. */
  @Post(':id/enforce')
  @HttpCode(200)
  @Allow('signal-policy.manage')
  enforce(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<PolicyView> {
    return this.policies.enforce(actor, id);
  }
}

@ApiTags('signals')
@Controller('v1/signals')
export class FeedbackController {
  constructor(private readonly feedback: Feedback) {}

  /** Says what became of a match. A later word of the same organisation takes the place of the one before. */
  @Post(':id/feedback')
  @HttpCode(200)
  @Allow('match.decide')
  give(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: FeedbackDto,
  ): Promise<FeedbackAnswer> {
    return this.feedback.give(actor, id, dto);
  }

  /** What one's own organisation said of it, the last word first. */
  @Get(':id/feedback')
  @Allow('match.decide')
  history(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<FeedbackView[]> {
    return this.feedback.history(actor, id);
  }
}
