import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor } from '../../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../../infra/http/paging';
import { ParseUuid } from '../../../infra/http/uuid.pipe';
import { CreateExchangeCredentialDto, ExchangeCredentialView, NewExchangeCredentialView } from './credentials.dto';
import { ExchangeCredentials } from './credentials.service';

@ApiTags('exchange')
@Controller('v1/exchange-credentials')
export class ExchangeCredentialController {
  constructor(private readonly credentials: ExchangeCredentials) {}

  /** Makes a credential for a program that exchanges hashes; its secrets are shown in this answer only. */
  @Post()
  @Allow('exchange.manage')
  issue(@CurrentActor() actor: Actor, @Body() dto: CreateExchangeCredentialDto): Promise<NewExchangeCredentialView> {
    return this.credentials.issue(actor, dto);
  }

  @Get()
  @Allow('exchange.manage')
  @ApiPage(ExchangeCredentialView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ExchangeCredentialView>> {
    return this.credentials.list(actor, query);
  }

  /** Ends a credential at once. Revoking one that is revoked changes nothing. */
  @Post(':id/revoke')
  @HttpCode(200)
  @Allow('exchange.manage')
  revoke(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ExchangeCredentialView> {
    return this.credentials.revoke(actor, id);
  }
}
