import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { DiscoverDto, DiscoveryView } from './discovery/discovery.dto';
import { Discovery } from './discovery/discovery.service';
import { Proposals } from './proposals.service';
import {
  ChangeProviderDto,
  ConfirmProviderDto,
  ProposalView,
  ProposeProviderDto,
  ProviderQuery,
  ProviderView,
  RegisterEntryView,
} from './providers.dto';
import { Providers } from './providers.service';

@ApiTags('providers')
@Controller('v1/providers')
export class ProviderController {
  constructor(
    private readonly providers: Providers,
    private readonly proposals: Proposals,
    private readonly discovery: Discovery,
  ) {}

  /** The register of providers: home State, representative, languages, scope and contact points of every platform that you see. */
  @Get()
  @Allow('platform.read')
  @ApiPage(RegisterEntryView)
  list(@CurrentActor() actor: Actor, @Query() query: ProviderQuery): Promise<Page<RegisterEntryView>> {
    return this.providers.list(actor, query);
  }

  @Get(':id')
  @Allow('platform.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<RegisterEntryView> {
    return this.providers.get(actor, id);
  }

  /** By the platform about itself, or by the operator. What is left out stays as it is. */
  @Post(':id')
  @HttpCode(200)
  @Allow('provider.maintain')
  change(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ChangeProviderDto,
  ): Promise<ProviderView> {
    return this.providers.change(actor, id, dto);
  }

  /** What your organisation proposed or had found, and for the platform and the operator what others proposed. */
  @Get(':id/proposals')
  @Allow('platform.read')
  @ApiPage(ProposalView)
  proposalsOf(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ProposalView>> {
    return this.proposals.list(actor, id, query);
  }

  /** Proposes what to record. Nothing of it is used before another person has confirmed it. */
  @Post(':id/proposals')
  @Allow('provider.propose')
  propose(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ProposeProviderDto,
  ): Promise<ProposalView> {
    return this.proposals.propose(actor, id, dto);
  }

  /** Confirms the entry, with the proposals that you name taken over. */
  @Post(':id/confirm')
  @HttpCode(200)
  @Allow('provider.confirm')
  confirm(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ConfirmProviderDto,
  ): Promise<ProviderView> {
    return this.proposals.confirm(actor, id, dto);
  }

  /** Looks for contacts in registries and, if asked to, on the host itself: what is found becomes proposals. */
  @Post(':id/discovery')
  @HttpCode(202)
  @Allow('provider.propose')
  discover(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DiscoverDto,
  ): Promise<DiscoveryView> {
    return this.discovery.ask(actor, id, dto);
  }

  /** Your organisation's last search for contacts of this platform. */
  @Get(':id/discovery')
  @Allow('provider.propose')
  lastDiscovery(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<DiscoveryView> {
    return this.discovery.last(actor, id);
  }
}
