import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, Public } from '../../infra/http/allow';
import { ApiPage, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import {
  AuthorityQuery,
  AuthorityView,
  ChangeAuthorityDto,
  RegisterAuthorityDto,
  RemoveAuthorityDto,
} from './registry.dto';
import { Registry } from './registry.service';

@ApiTags('authorities')
@Controller('v1/authorities')
export class RegistryController {
  constructor(private readonly registry: Registry) {}

  /** The authorities whose notices are recognised here, with what they are competent for and where to ask whether a notice is genuine. */
  @Get()
  @Public('whoever has received a notice looks its sender up')
  @ApiPage(AuthorityView)
  list(@Query() query: AuthorityQuery): Promise<Page<AuthorityView>> {
    return this.registry.list(query);
  }

  @Get(':id')
  @Public('whoever has received a notice looks its sender up')
  get(@Param('id', ParseUuid) id: string): Promise<AuthorityView> {
    return this.registry.get(id);
  }

  /** Enters an authority as a public source has it. Without an entry that names it for orders, nobody can send one. */
  @Post()
  @Allow('operator.organisations')
  register(@CurrentActor() actor: Actor, @Body() dto: RegisterAuthorityDto): Promise<AuthorityView> {
    return this.registry.register(actor, dto);
  }

  /** States the whole entry anew, after comparing it with its source. */
  @Post(':id')
  @HttpCode(200)
  @Allow('operator.organisations')
  change(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ChangeAuthorityDto,
  ): Promise<AuthorityView> {
    return this.registry.change(actor, id, dto);
  }

  @Post(':id/remove')
  @HttpCode(200)
  @Allow('operator.organisations')
  remove(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: RemoveAuthorityDto,
  ): Promise<AuthorityView> {
    return this.registry.remove(actor, id, dto);
  }
}
