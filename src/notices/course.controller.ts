import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { Afterwards } from './afterwards.service';
import { ContactHours } from './contact-hours.service';
import {
  AnswerReinstatementDto,
  AskClarificationDto,
  ClarifyDto,
  ContactHoursDto,
  ContactHoursView,
  NonComplianceDto,
  PossibleAgainDto,
  PreservationDto,
  ReportImpossibleDto,
} from './course.dto';
import { NoticeView } from './notice.view';
import { Obstacles } from './obstacles.service';

/** What can happen to a notice beside being sent and answered. */
@ApiTags('notices')
@Controller('v1/notices/:id')
export class CourseController {
  constructor(
    private readonly obstacles: Obstacles,
    private readonly afterwards: Afterwards,
  ) {}

  @Post('impossible')
  @HttpCode(200)
  @Allow('notice.answer')
  impossible(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ReportImpossibleDto,
  ): Promise<NoticeView> {
    return this.obstacles.impossible(actor, id, dto);
  }

  @Post('possible-again')
  @HttpCode(200)
  @Allow('notice.answer')
  possibleAgain(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: PossibleAgainDto,
  ): Promise<NoticeView> {
    return this.obstacles.possibleAgain(actor, id, dto);
  }

  @Post('ask-clarification')
  @HttpCode(200)
  @Allow('notice.answer')
  askClarification(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AskClarificationDto,
  ): Promise<NoticeView> {
    return this.obstacles.askClarification(actor, id, dto);
  }

  @Post('clarify')
  @HttpCode(200)
  @Allow('notice.send')
  clarify(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ClarifyDto,
  ): Promise<NoticeView> {
    return this.obstacles.clarify(actor, id, dto);
  }

  @Post('non-compliance')
  @HttpCode(200)
  @Allow('notice.non-compliance')
  recordNonCompliance(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: NonComplianceDto,
  ): Promise<NoticeView> {
    return this.afterwards.recordNonCompliance(actor, id, dto);
  }

  @Post('items/:itemId/preservation')
  @HttpCode(200)
  @Allow('notice.answer')
  preserve(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('itemId', ParseUuid) itemId: string,
    @Body() dto: PreservationDto,
  ): Promise<NoticeView> {
    return this.afterwards.preserve(actor, id, itemId, dto);
  }

  @Post('items/:itemId/delete-for-good')
  @HttpCode(200)
  @Allow('notice.answer')
  deleteForGood(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('itemId', ParseUuid) itemId: string,
  ): Promise<NoticeView> {
    return this.afterwards.deleteForGood(actor, id, itemId);
  }

  @Post('items/:itemId/reinstatement')
  @HttpCode(200)
  @Allow('notice.answer')
  answerReinstatement(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('itemId', ParseUuid) itemId: string,
    @Body() dto: AnswerReinstatementDto,
  ): Promise<NoticeView> {
    return this.afterwards.answerReinstatement(actor, id, itemId, dto);
  }
}

@ApiTags('deliveries')
@Controller('v1/contact-hours')
export class ContactHoursController {
  constructor(private readonly contactHours: ContactHours) {}

  @Get()
  @Allow('contact.manage')
  read(@CurrentActor() actor: Actor): Promise<ContactHoursView> {
    return this.contactHours.read(actor);
  }

  @Post()
  @HttpCode(200)
  @Allow('contact.manage')
  declare(@CurrentActor() actor: Actor, @Body() dto: ContactHoursDto): Promise<ContactHoursView> {
    return this.contactHours.declare(actor, dto);
  }
}
