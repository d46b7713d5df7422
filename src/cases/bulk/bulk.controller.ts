import { Controller, Get, Header, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CATEGORIES, IDEOLOGIES, PAP, TLP } from '../../domain/vocabulary';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { LINE_TYPES } from '../../infra/http/line-body';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { BodyOf } from '../../infra/http/route-facts';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { BulkLineView, BulkView } from './bulk.dto';
import { Bulk } from './bulk.service';
import { BulkReading } from './reading.service';

const LIST_BODY = { schema: { type: 'string', format: 'binary' } } as const;

@ApiTags('cases')
@Controller('v1')
export class BulkController {
  constructor(
    private readonly bulk: Bulk,
    private readonly reading: BulkReading,
  ) {}

  /**
   * Opens a case with up to 10,000 items, read while they arrive: CSV with a header, JSON lines, or text with one address a
   * line. Sent as it is, the case stands in the query; as a form, in the first part `case`, and the list is the file after it.
   * Each line is judged for itself. Repeat it with the same Idempotency-Key and it goes on where it broke off.
   */
  @Post('cases/bulk')
  @Allow('case.open')
  @BodyOf({ lines: true })
  @ApiConsumes(...LINE_TYPES, 'multipart/form-data')
  @ApiBody(LIST_BODY)
  @ApiQuery({ name: 'category', required: false, enum: CATEGORIES })
  @ApiQuery({ name: 'ideology', required: false, enum: IDEOLOGIES })
  @ApiQuery({ name: 'language', required: false, type: String })
  @ApiQuery({ name: 'title', required: false, type: String })
  @ApiQuery({ name: 'reasons', required: false, type: String })
  @ApiQuery({ name: 'tlp', required: false, enum: TLP })
  @ApiQuery({ name: 'pap', required: false, enum: PAP })
  open(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<BulkView> {
    return this.bulk.open(actor, request);
  }

  /** Adds such a list to an open case. As a form, its first part `case` is `{}`. */
  @Post('cases/:id/bulk')
  @Allow('case.open')
  @BodyOf({ lines: true })
  @ApiConsumes(...LINE_TYPES, 'multipart/form-data')
  @ApiBody(LIST_BODY)
  add(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Req() request: FastifyRequest,
  ): Promise<BulkView> {
    return this.bulk.add(actor, id, request);
  }

  @Get('bulk/:id')
  @Allow('case.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<BulkView> {
    return this.reading.get(actor, id);
  }

  /** What became of each line, in their order. */
  @Get('bulk/:id/results')
  @Allow('case.read')
  @ApiPage(BulkLineView)
  results(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<BulkLineView>> {
    return this.reading.results(actor, id, query);
  }

  /** The same as CSV, addresses defanged. */
  @Get('bulk/:id/results.csv')
  @Allow('case.read')
  @ApiProduces('text/csv')
  @Header('content-disposition', 'attachment; filename="results.csv"')
  async csv(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.reading.csv(actor, id), { type: 'text/csv; charset=utf-8' });
  }
}
