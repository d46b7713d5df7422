import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor, Public } from '../../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../../infra/http/paging';
import { RateLimit } from '../../../infra/http/rate-limit';
import { ParseUuid } from '../../../infra/http/uuid.pipe';
import { Claiming } from './claiming.service';
import {
  AcceptClaimDto,
  AskClaimDto,
  ClaimProgressView,
  ClaimView,
  ConfirmClaimDto,
  NewClaimView,
  ProveClaimDto,
  RefuseClaimDto,
} from './claims.dto';
import { Claims } from './claims.service';

@ApiTags('provider claims')
@Controller('v1/provider-claims')
export class ClaimController {
  constructor(
    private readonly claiming: Claiming,
    private readonly claims: Claims,
  ) {}

  /** Says that a host is yours. Put the token on it, have it looked for, and wait for a person of the operator. */
  @Post()
  @Public('a platform that has no login yet claims its entry')
  @RateLimit({ max: 10, timeWindow: '1 hour' })
  ask(@Body() dto: AskClaimDto): Promise<NewClaimView> {
    return this.claiming.ask(dto);
  }

  /** Looks for the token: in the file over https, without following a redirect, or in the TXT record. */
  @Post(':id/prove')
  @HttpCode(200)
  @Public('shows the secret of the claim')
  @RateLimit({ max: 30, timeWindow: '1 hour' })
  prove(@Param('id', ParseUuid) id: string, @Body() dto: ProveClaimDto): Promise<ClaimProgressView> {
    return this.claiming.prove(id, dto);
  }

  /** Comes in as the first person of the platform, once the operator has confirmed. */
  @Post(':id/accept')
  @HttpCode(200)
  @Public('shows the secret of the claim')
  @RateLimit({ max: 10, timeWindow: '1 hour' })
  accept(@Param('id', ParseUuid) id: string, @Body() dto: AcceptClaimDto): Promise<ClaimProgressView> {
    return this.claiming.accept(id, dto);
  }

  @Get()
  @Allow('operator.organisations')
  @ApiPage(ClaimView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ClaimView>> {
    return this.claims.list(actor, query);
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Allow('operator.organisations')
  confirm(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ConfirmClaimDto,
  ): Promise<ClaimView> {
    return this.claims.confirm(actor, id, dto);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @Allow('operator.organisations')
  refuse(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: RefuseClaimDto,
  ): Promise<ClaimView> {
    return this.claims.refuse(actor, id, dto);
  }
}
