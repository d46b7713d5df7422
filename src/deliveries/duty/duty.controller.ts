import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, Public, SignedIn } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { RateLimit } from '../../infra/http/rate-limit';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { CONTACT_LANGUAGES, type ContactLanguage } from '../deliveries.entity';
import { renderContactTest } from './contact-test.page';
import {
  BoardView,
  ChangeDutyMemberDto,
  DutyOverrideDto,
  DutySettingsDto,
  DutyView,
  EnrolDutyMemberDto,
  EscalationView,
  HandOverDto,
  PingView,
} from './duty.dto';
import { Escalations } from './escalations.service';
import { Pings } from './pings.service';
import { Rosters } from './roster.service';

@ApiTags('duty')
@Controller('v1/duty')
export class DutyController {
  constructor(
    private readonly rosters: Rosters,
    private readonly escalations: Escalations,
  ) {}

  @Get()
  @SignedIn('everybody knows who of their own organisation is on duty')
  read(@CurrentActor() actor: Actor): Promise<DutyView> {
    return this.rosters.read(actor);
  }

  @Post('settings')
  @HttpCode(200)
  @Allow('contact.manage')
  configure(@CurrentActor() actor: Actor, @Body() dto: DutySettingsDto): Promise<DutyView> {
    return this.rosters.configure(actor, dto);
  }

  @Post('members')
  @Allow('contact.manage')
  enrol(@CurrentActor() actor: Actor, @Body() dto: EnrolDutyMemberDto): Promise<DutyView> {
    return this.rosters.enrol(actor, dto);
  }

  /** States the whole entry anew. */
  @Post('members/:id')
  @HttpCode(200)
  @Allow('contact.manage')
  change(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ChangeDutyMemberDto,
  ): Promise<DutyView> {
    return this.rosters.changeMember(actor, id, dto);
  }

  @Post('members/:id/remove')
  @HttpCode(200)
  @Allow('contact.manage')
  remove(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<DutyView> {
    return this.rosters.removeMember(actor, id);
  }

  @Post('overrides')
  @Allow('contact.manage')
  except(@CurrentActor() actor: Actor, @Body() dto: DutyOverrideDto): Promise<DutyView> {
    return this.rosters.except(actor, dto);
  }

  @Post('overrides/:id/remove')
  @HttpCode(200)
  @Allow('contact.manage')
  removeException(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<DutyView> {
    return this.rosters.removeException(actor, id);
  }

  /** By somebody of the roster, or whoever manages contacts. */
  @Post('handover')
  @HttpCode(200)
  @SignedIn('whoever is on the roster hands the duty over')
  handOver(@CurrentActor() actor: Actor, @Body() dto: HandOverDto): Promise<DutyView> {
    return this.rosters.handOver(actor, dto);
  }

  @Get('escalations')
  @Allow('contact.manage')
  @ApiPage(EscalationView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<EscalationView>> {
    return this.escalations.list(actor, query);
  }
}

@ApiTags('duty')
@Controller('v1/board')
export class BoardController {
  constructor(private readonly escalations: Escalations) {}

  @Get()
  @Allow('notice.read')
  board(@CurrentActor() actor: Actor): Promise<BoardView> {
    return this.escalations.board(actor);
  }
}

@ApiTags('duty')
@Controller('v1')
export class PingsController {
  constructor(private readonly pings: Pings) {}

  @Post('contact-points/:id/ping')
  @Allow('contact.manage')
  ask(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<PingView> {
    return this.pings.ask(actor, id);
  }

  @Get('contact-pings')
  @SignedIn('a test is answered by whoever is at the contact point')
  @ApiPage(PingView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<PingView>> {
    return this.pings.list(actor, query);
  }

  @Post('contact-pings/:id/answer')
  @HttpCode(200)
  @SignedIn('a test is answered by whoever is at the contact point')
  answer(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<PingView> {
    return this.pings.answer(actor, id);
  }
}

const languageOf = (asked: string | undefined): ContactLanguage =>
  CONTACT_LANGUAGES.find((one) => one === asked) ?? 'en';

@ApiExcludeController()
@Controller('contact-test')
export class ContactTestController {
  constructor(private readonly pings: Pings) {}

  @Get(':code')
  @Public('asks whoever reads the mail of a contact point to press a button')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('referrer-policy', 'no-referrer')
  page(@Query('lang') lang?: string): string {
    return renderContactTest(languageOf(lang), false);
  }

  @Post(':code')
  @HttpCode(200)
  @Public('whoever has the code of the mail is at the contact point')
  @RateLimit({ max: 30, timeWindow: '1 minute' })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('referrer-policy', 'no-referrer')
  async answer(@Param('code') code: string, @Query('lang') lang?: string): Promise<string> {
    await this.pings.answerByCode(code);
    return renderContactTest(languageOf(lang), true);
  }
}
