import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { ContributedView, ContributeExhibitDto } from './exhibit-signals.dto';
import { ExhibitSignals } from './exhibit-signals.service';

@ApiTags('evidence')
@Controller('v1/exhibits')
export class ExhibitSignalsController {
  constructor(private readonly signals: ExhibitSignals) {}

  /** Contributes the hashes of a preserved exhibit to a list of the shared database, so that copies of it are caught. */
  @Post(':id/signals')
  @HttpCode(200)
  @Allow('signal.contribute')
  contribute(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ContributeExhibitDto,
  ): Promise<ContributedView> {
    return this.signals.contribute(actor, id, dto);
  }
}
