import { Body, Controller, Get, Header, HttpCode, Param, Post, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { CustodyView, ExhibitView, ViewExhibitDto } from './exhibit.dto';
import { Exhibits } from './exhibits.service';

@ApiTags('evidence')
@Controller('v1/exhibits')
export class ExhibitController {
  constructor(private readonly exhibits: Exhibits) {}

  @Get(':id')
  @Allow('exhibit.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ExhibitView> {
    return this.exhibits.get(actor, id);
  }

  /** The chain of custody: everything the ledger says of this exhibit, each entry with its proof. */
  @Get(':id/custody')
  @Allow('custody.read')
  custody(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<CustodyView> {
    return this.exhibits.custody(actor, id);
  }

  /** The bytes as they were received. Who looks, and why, is recorded before the first one leaves. */
  @Post(':id/view')
  @HttpCode(200)
  @Allow('exhibit.view')
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @Header('content-security-policy', "sandbox; default-src 'none'")
  @Header('x-content-type-options', 'nosniff')
  @Header('cache-control', 'no-store')
  @Header('accept-ranges', 'none')
  view(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ViewExhibitDto,
  ): Promise<StreamableFile> {
    return this.exhibits.view(actor, id, dto.justification);
  }
}
