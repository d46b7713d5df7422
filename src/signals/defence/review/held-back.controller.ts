import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor } from '../../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../../infra/http/paging';
import { ParseUuid } from '../../../infra/http/uuid.pipe';
import { HeldBackView, ReleasedHeld, ReleaseHeldDto } from './held-back.dto';
import { HeldBack } from './held-back.service';

/** What a list's owner had taken out of it and somebody contributed again. */
@ApiTags('signal defence')
@Controller('v1/signal-lists/:id/held')
export class HeldBackController {
  constructor(private readonly held: HeldBack) {}

  /** Waits because a dispute about it was upheld by the list's owner. */
  @Get()
  @Allow('signal-list.manage')
  @ApiPage(HeldBackView)
  list(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<HeldBackView>> {
    return this.held.list(actor, id, query);
  }

  /** Lets it stand on the list again. */
  @Post('release')
  @HttpCode(200)
  @Allow('signal-list.manage')
  release(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ReleaseHeldDto,
  ): Promise<ReleasedHeld> {
    return this.held.release(actor, id, dto);
  }
}
