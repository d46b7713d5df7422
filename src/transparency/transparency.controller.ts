import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DomainError } from '../domain/errors';
import type { Actor } from '../infra/database/actor';
import { OptionalActor, Public } from '../infra/http/allow';
import { SummaryAnswer, SummaryQuery } from './transparency.dto';
import { Transparency } from './transparency.service';

@ApiTags('transparency')
@Controller('v1/transparency')
export class TransparencyController {
  constructor(private readonly transparency: Transparency) {}

  /** Figures computed from ledger entries: live of one's own organisation with a login, closed months without. */
  @Get('summary')
  @Public('published figures are for everybody')
  summary(@OptionalActor() actor: Actor | undefined, @Query() query: SummaryQuery): Promise<SummaryAnswer> {
    return actor ? this.transparency.own(permitted(actor), query) : this.transparency.published(query);
  }
}

/** The route is open, so the guard has not asked. */
function permitted(actor: Actor): Actor {
  if (!actor.permissions.has('figures.read'))
    throw new DomainError('auth.not-permitted', { permission: 'figures.read' });
  return actor;
}
