import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { ApiKeyView, CreateApiKeyDto, NewApiKeyView } from './accounts.dto';
import { ApiKeys } from './api-keys.service';

@ApiTags('api-keys')
@Controller('v1/api-keys')
export class ApiKeyController {
  constructor(private readonly keys: ApiKeys) {}

  /** Makes a key for a program; it is shown in this answer only. */
  @Post()
  @Allow('api-key.manage')
  create(@CurrentActor() actor: Actor, @Body() dto: CreateApiKeyDto): Promise<NewApiKeyView> {
    return this.keys.create(actor, dto);
  }

  @Get()
  @Allow('api-key.manage')
  @ApiPage(ApiKeyView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ApiKeyView>> {
    return this.keys.list(actor, query);
  }

  /** Ends a key at once. Revoking one that is revoked changes nothing. */
  @Post(':id/revoke')
  @HttpCode(200)
  @Allow('api-key.manage')
  revoke(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ApiKeyView> {
    return this.keys.revoke(actor, id);
  }
}
