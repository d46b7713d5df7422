import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import {
  ConfirmPlatformDto,
  EnrolPersonDto,
  OrganisationView,
  PersonView,
  RegisterOrganisationDto,
} from './accounts.dto';
import { OrganisationQuery } from './organisation.query';
import { Organisations } from './organisations.service';

@ApiTags('organisations')
@Controller('v1')
export class OrganisationController {
  constructor(private readonly organisations: Organisations) {}

  @Get('organisations')
  @Allow('organisation.read')
  @ApiPage(OrganisationView)
  list(@CurrentActor() actor: Actor, @Query() query: OrganisationQuery): Promise<Page<OrganisationView>> {
    return this.organisations.list(actor, query);
  }

  @Get('organisations/:id')
  @Allow('organisation.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<OrganisationView> {
    return this.organisations.get(actor, id);
  }

  @Post('organisations')
  @Allow('operator.organisations')
  register(@CurrentActor() actor: Actor, @Body() dto: RegisterOrganisationDto): Promise<OrganisationView> {
    return this.organisations.register(actor, dto);
  }

  @Get('people')
  @Allow('person.read')
  people(@CurrentActor() actor: Actor): Promise<PersonView[]> {
    return this.organisations.people(actor);
  }

  @Post('people')
  @Allow('person.manage')
  enrol(@CurrentActor() actor: Actor, @Body() dto: EnrolPersonDto): Promise<PersonView> {
    return this.organisations.enrol(actor, dto);
  }

  /** Platforms by host or name; unknown hosts that somebody referred to stand here as provisional. */
  @Get('platforms')
  @Allow('platform.read')
  @ApiPage(OrganisationView)
  platforms(@CurrentActor() actor: Actor, @Query() query: OrganisationQuery): Promise<Page<OrganisationView>> {
    return this.organisations.list(actor, { ...query, limit: query.limit, kind: 'platform' });
  }

  /** Confirms who is behind a provisional platform and how it is reached, so that notices can be sent to it. */
  @Post('platforms/:id/confirm')
  @HttpCode(200)
  @Allow('platform.confirm')
  confirm(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ConfirmPlatformDto,
  ): Promise<OrganisationView> {
    return this.organisations.confirm(actor, id, dto);
  }
}
