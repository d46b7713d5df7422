import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { Answering } from './answering.service';
import { Drafting } from './drafting.service';
import { NoticeView } from './notice.view';
import {
  AnswerNoticeDto,
  DraftNoticeDto,
  NoticeQuery,
  SendNoticeDto,
  VersionDto,
  WithdrawNoticeDto,
} from './notices.dto';
import { Reading } from './reading.service';
import { Sending } from './sending.service';

@ApiTags('notices')
@Controller('v1/notices')
export class NoticesController {
  constructor(
    private readonly drafting: Drafting,
    private readonly sending: Sending,
    private readonly answering: Answering,
    private readonly reading: Reading,
  ) {}

  @Post()
  @Allow('notice.draft')
  draft(@CurrentActor() actor: Actor, @Body() dto: DraftNoticeDto): Promise<NoticeView> {
    return this.drafting.draft(actor, dto);
  }

  @Get()
  @Allow('notice.read')
  @ApiPage(NoticeView)
  list(@CurrentActor() actor: Actor, @Query() query: NoticeQuery): Promise<Page<NoticeView>> {
    return this.reading.list(actor, query);
  }

  @Get(':id')
  @Allow('notice.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<NoticeView> {
    return this.reading.get(actor, id);
  }

  @Post(':id/send')
  @HttpCode(200)
  @Allow('notice.send')
  send(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: SendNoticeDto,
  ): Promise<NoticeView> {
    return this.sending.send(actor, id, dto);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Allow('notice.send')
  undo(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string, @Body() dto: VersionDto): Promise<NoticeView> {
    return this.sending.undo(actor, id, dto);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Allow('notice.withdraw')
  withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: WithdrawNoticeDto,
  ): Promise<NoticeView> {
    return this.sending.withdraw(actor, id, dto);
  }

  @Post(':id/close')
  @HttpCode(200)
  @Allow('notice.close')
  close(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: VersionDto,
  ): Promise<NoticeView> {
    return this.sending.close(actor, id, dto);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Allow('notice.acknowledge')
  acknowledge(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: VersionDto,
  ): Promise<NoticeView> {
    return this.answering.acknowledge(actor, id, dto);
  }

  @Post(':id/answer')
  @HttpCode(200)
  @Allow('notice.answer')
  answer(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AnswerNoticeDto,
  ): Promise<NoticeView> {
    return this.answering.answer(actor, id, dto);
  }
}
