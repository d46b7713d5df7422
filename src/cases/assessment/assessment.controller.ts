import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { Assessing } from './assessing.service';
import { AssessCaseDto, AssessmentView, SignOffDto } from './assessment.dto';

@ApiTags('cases')
@Controller('v1')
export class AssessmentController {
  constructor(private readonly assessing: Assessing) {}

  @Get('cases/:id/assessments')
  @Allow('case.read')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<AssessmentView[]> {
    return this.assessing.list(actor, id);
  }

  @Post('cases/:id/assessments')
  @Allow('case.assess')
  assess(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AssessCaseDto,
  ): Promise<AssessmentView> {
    return this.assessing.assess(actor, id, dto);
  }

  @Post('assessments/:id/sign-off')
  @HttpCode(200)
  @Allow('case.assess')
  signOff(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: SignOffDto,
  ): Promise<AssessmentView> {
    return this.assessing.signOff(actor, id, dto);
  }
}
