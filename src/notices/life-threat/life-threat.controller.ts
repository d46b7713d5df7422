import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { CopyLifeThreatDto, LifeThreatView, ReportLifeThreatDto } from './life-threat.dto';
import { LifeThreats } from './life-threats.service';

@ApiTags('life threats')
@Controller('v1/life-threats')
export class LifeThreatController {
  constructor(private readonly lifeThreats: LifeThreats) {}

  /**
   * Reports content that involves an imminent threat to life (TCO Art. 14(5)), with or without a notice. Those concerned are
   * called at once. The answer names the States that have nobody here, and where to telephone.
   */
  @Post()
  @Allow('life-threat.report')
  report(@CurrentActor() actor: Actor, @Body() dto: ReportLifeThreatDto): Promise<LifeThreatView> {
    return this.lifeThreats.report(actor, dto);
  }

  @Get()
  @Allow('life-threat.read')
  @ApiPage(LifeThreatView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<LifeThreatView>> {
    return this.lifeThreats.list(actor, query);
  }

  @Get(':id')
  @Allow('life-threat.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<LifeThreatView> {
    return this.lifeThreats.get(actor, id);
  }

  /** By a person of an authority that was told. */
  @Post(':id/acknowledge')
  @HttpCode(200)
  @Allow('life-threat.take')
  take(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<LifeThreatView> {
    return this.lifeThreats.take(actor, id);
  }

  @Post(':id/europol-copy')
  @HttpCode(200)
  @Allow('life-threat.read')
  copied(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: CopyLifeThreatDto,
  ): Promise<LifeThreatView> {
    return this.lifeThreats.copied(actor, id, dto);
  }
}
