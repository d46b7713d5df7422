import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor } from '../../../infra/http/allow';
import { ApiForm } from '../../../infra/http/api-form';
import { ApiPage, PageQuery, type Page } from '../../../infra/http/paging';
import { ParseUuid } from '../../../infra/http/uuid.pipe';
import { CsvUpload } from './csv-upload.service';
import { CsvReport, EndSourceDto, SourceView, SubscribeDto } from './source.dto';
import { ExchangeSources } from './sources.service';

/** Hashes from others: another Clepsydra, a TAXII collection, the Tech Against Terrorism hash list, a file. */
@ApiTags('exchange')
@Controller('v1/exchange-sources')
export class ExchangeSourceController {
  constructor(
    private readonly sources: ExchangeSources,
    private readonly uploads: CsvUpload,
  ) {}

  /** Begins to follow a source. Its credential is sealed and never shown. */
  @Post()
  @Allow('exchange.manage')
  subscribe(@CurrentActor() actor: Actor, @Body() dto: SubscribeDto): Promise<SourceView> {
    return this.sources.subscribe(actor, dto);
  }

  /**
   * Takes a CSV file of up to a million lines: a part `about` with `name`, `listId`, `tlp` and `acceptReviews`, then the file with
   * a header of some of `type,value,quality,category,ideology,severity,incident,note`. Each line is judged by itself.
   */
  @Post('csv')
  @HttpCode(200)
  @Allow('exchange.manage')
  @ApiForm('about', 'file')
  csv(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<CsvReport> {
    return this.uploads.receive(actor, request);
  }

  @Get()
  @Allow('exchange.manage')
  @ApiPage(SourceView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<SourceView>> {
    return this.sources.list(actor, query);
  }

  @Get(':id')
  @Allow('exchange.manage')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SourceView> {
    return this.sources.get(actor, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Allow('exchange.manage')
  pause(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SourceView> {
    return this.sources.pause(actor, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Allow('exchange.manage')
  resume(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SourceView> {
    return this.sources.resume(actor, id);
  }

  /** Has it read now. */
  @Post(':id/run')
  @HttpCode(200)
  @Allow('exchange.manage')
  run(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SourceView> {
    return this.sources.run(actor, id);
  }

  /** Takes nothing from it any more. `retract` ends what it brought, and nothing else. */
  @Post(':id/remove')
  @HttpCode(200)
  @Allow('exchange.manage')
  end(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: EndSourceDto,
  ): Promise<SourceView> {
    return this.sources.end(actor, id, dto);
  }
}
