import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SecondPerson } from '../../accounts/second-person';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { Deciding } from './deciding.service';
import { Scrutinising } from './scrutinising.service';
import { AnswerIntentionDto, DecideScrutinyDto, IntendDto, OpenScrutinyDto, ScrutinyView } from './scrutiny.dto';

@ApiTags('scrutiny')
@Controller('v1')
export class ScrutinyController {
  constructor(
    private readonly scrutinising: Scrutinising,
    private readonly deciding: Deciding,
  ) {}

  @Get('notices/:id/scrutinies')
  @Allow('notice.read')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ScrutinyView[]> {
    return this.scrutinising.list(actor, id);
  }

  /** Of the home authority's own accord, within 72 hours of the copy (Art. 4(3)). */
  @Post('notices/:id/scrutinies')
  @Allow('scrutiny.decide')
  begin(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: OpenScrutinyDto,
  ): Promise<ScrutinyView> {
    return this.scrutinising.begin(actor, id, dto);
  }

  /** By the provider, within 48 hours of receipt (Art. 4(4)). */
  @Post('notices/:id/request-scrutiny')
  @Allow('notice.answer')
  request(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: OpenScrutinyDto,
  ): Promise<ScrutinyView> {
    return this.scrutinising.request(actor, id, dto);
  }

  @Get('scrutinies/:id')
  @Allow('notice.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ScrutinyView> {
    return this.scrutinising.get(actor, id);
  }

  /** Tells the issuer that an infringement is going to be found, with the reasons (Art. 4(5)). */
  @Post('scrutinies/:id/intend')
  @HttpCode(200)
  @Allow('scrutiny.decide')
  intend(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: IntendDto,
  ): Promise<ScrutinyView> {
    return this.scrutinising.intend(actor, id, dto);
  }

  /** The issuer answers to the intention. */
  @Post('scrutinies/:id/answer')
  @HttpCode(200)
  @Allow('order.draft')
  answer(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AnswerIntentionDto,
  ): Promise<ScrutinyView> {
    return this.scrutinising.answer(actor, id, dto);
  }

  /** Takes two people of the home authority, who name the same outcome. An infringement ends the order at once (Art. 4(7)). */
  @Post('scrutinies/:id/decide')
  @HttpCode(200)
  @Allow('scrutiny.decide')
  @SecondPerson({ verb: 'scrutiny.decide', subject: 'id', table: 'scrutiny', alike: ['outcome'] })
  decide(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DecideScrutinyDto,
  ): Promise<ScrutinyView> {
    return this.deciding.decide(actor, id, dto);
  }
}
