import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { ApprovalView, RefuseApprovalDto } from './accounts.dto';
import { Approvals } from './approvals.service';

@ApiTags('approvals')
@Controller('v1/approvals')
export class ApprovalController {
  constructor(private readonly approvals: Approvals) {}

  /** What waits for a second person of one's organisation. To agree, make the call that the first person made. */
  @Get()
  @Allow('approval.decide')
  @ApiPage(ApprovalView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ApprovalView>> {
    return this.approvals.list(actor, query);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @Allow('approval.decide')
  refuse(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: RefuseApprovalDto,
  ): Promise<ApprovalView> {
    return this.approvals.refuse(actor, id, dto.reason);
  }
}
