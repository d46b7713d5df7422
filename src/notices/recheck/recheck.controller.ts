import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Work, type Actor } from '../../infra/database/work';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { ProbeQuery, ProbeView } from './probe.dto';
import { listProbes } from './probe.queries';

@ApiTags('notices')
@Controller('v1/notices')
export class RecheckController {
  constructor(private readonly work: Work) {}

  /** Looks at the addresses of one's own notice, taken and planned, latest first. The platform is not told of them. */
  @Get(':id/probes')
  @Allow('notice.read')
  @ApiPage(ProbeView)
  probes(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: ProbeQuery,
  ): Promise<Page<ProbeView>> {
    return this.work.read(actor, (tx) => listProbes(tx, actor, id, query));
  }
}
