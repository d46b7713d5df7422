import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { PagerTestView, PagerView, PageView, RegisterPagerDto } from './pagers.dto';
import { Pagers } from './pagers.service';

@ApiTags('deliveries')
@Controller('v1/pagers')
export class PagersController {
  constructor(private readonly pagers: Pagers) {}

  @Get()
  @Allow('contact.manage')
  list(@CurrentActor() actor: Actor): Promise<PagerView[]> {
    return this.pagers.list(actor);
  }

  @Post()
  @Allow('contact.manage')
  register(@CurrentActor() actor: Actor, @Body() dto: RegisterPagerDto): Promise<PagerView> {
    return this.pagers.register(actor, dto);
  }

  @Get('pages')
  @Allow('contact.manage')
  @ApiPage(PageView)
  pages(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<PageView>> {
    return this.pagers.pages(actor, query);
  }

  @Post(':id/test')
  @HttpCode(200)
  @Allow('contact.manage')
  test(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<PagerTestView> {
    return this.pagers.test(actor, id);
  }

  @Post(':id/remove')
  @HttpCode(200)
  @Allow('contact.manage')
  remove(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<PagerView> {
    return this.pagers.remove(actor, id);
  }
}
