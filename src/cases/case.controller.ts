import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SecondPerson } from '../accounts/second-person';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import {
  AddItemsDto,
  CaseQuery,
  CaseSummaryView,
  CaseView,
  CloseCaseDto,
  ItemView,
  MarkCaseDto,
  OpenCaseDto,
  ReleaseItemDto,
  SubmissionView,
} from './cases.dto';
import { Cases } from './cases.service';
import { Intake } from './intake.service';

@ApiTags('cases')
@Controller('v1')
export class CaseController {
  constructor(
    private readonly cases: Cases,
    private readonly intake: Intake,
  ) {}

  /**
   * Opens a case with addresses, accounts, channels and files. As multipart, the part `case` comes first and holds this JSON;
   * a part `file[0]` belongs to the first item, a part `file` to the only item or to the case. To refer without waiting for
   * large files, open the case with JSON and send them to its items.
   */
  @Post('cases')
  @Allow('case.open')
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({ type: OpenCaseDto })
  open(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<SubmissionView> {
    return this.intake.open(actor, request);
  }

  /** Adds items and files to an open case, in the same forms. */
  @Post('cases/:id/items')
  @Allow('case.open')
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({ type: AddItemsDto })
  add(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Req() request: FastifyRequest,
  ): Promise<SubmissionView> {
    return this.intake.add(actor, id, request);
  }

  @Get('cases')
  @Allow('case.read')
  list(@CurrentActor() actor: Actor, @Query() query: CaseQuery): Promise<Page<CaseSummaryView>> {
    return this.cases.list(actor, query);
  }

  @Get('cases/:id')
  @Allow('case.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<CaseView> {
    return this.cases.get(actor, id);
  }

  /** Its items page by page, in the order in which they came in. */
  @Get('cases/:id/items')
  @Allow('case.read')
  @ApiPage(ItemView)
  items(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ItemView>> {
    return this.cases.items(actor, id, query);
  }

  @Post('cases/:id/close')
  @HttpCode(200)
  @Allow('case.close')
  close(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: CloseCaseDto,
  ): Promise<CaseView> {
    return this.cases.close(actor, id, dto);
  }

  /** Marks an open case anew: PAP:AMBER and PAP:RED keep every address in it from being called. */
  @Post('cases/:id/pap')
  @HttpCode(200)
  @Allow('case.open')
  mark(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string, @Body() dto: MarkCaseDto): Promise<CaseView> {
    return this.cases.mark(actor, id, dto);
  }

  /** Releases a home page, search page or collection for referral. The first call asks, somebody else's call releases. */
  @Post('items/:id/release')
  @HttpCode(200)
  @Allow('case.open')
  @SecondPerson({ verb: 'item.release', subject: 'id', table: 'content_item' })
  release(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ReleaseItemDto,
  ): Promise<ItemView> {
    return this.cases.release(actor, id, dto);
  }
}
