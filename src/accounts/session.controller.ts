import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../infra/database/actor';
import { CurrentActor, Public, SignedIn, type AuthenticatedRequest } from '../infra/http/allow';
import { RateLimit } from '../infra/http/rate-limit';
import { ChangePasswordDto, NewSessionView, SessionView, SignInDto, SwitchOrganisationDto } from './accounts.dto';
import { SESSION_COOKIE } from './door.service';
import { Sessions } from './sessions.service';

@ApiTags('session')
@Controller('v1/session')
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  /** Signs a person in; the answer holds the bearer token, and a browser gets it as a cookie. */
  @Post()
  @Public('a login comes before everything else')
  @RateLimit({ max: 10, timeWindow: '1 minute' })
  async signIn(
    @Body() dto: SignInDto,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewSessionView> {
    const session = await this.sessions.signIn(dto);
    setCookie(request, reply, session);
    return session;
  }

  @Get()
  @SignedIn('tells the caller who they are')
  current(@CurrentActor() actor: Actor): Promise<SessionView> {
    return this.sessions.describe(actor);
  }

  @Delete()
  @HttpCode(204)
  @SignedIn('ends the caller’s own session')
  async signOut(
    @CurrentActor() actor: Actor,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.close(actor, request.sessionId ?? '00000000-0000-0000-0000-000000000000');
    void reply.clearCookie(SESSION_COOKIE, { path: '/' });
  }

  /** Acts for another organisation of the same person: a new session. */
  @Post('organisation')
  @SignedIn('chooses among the caller’s own organisations')
  async switchOrganisation(
    @CurrentActor() actor: Actor,
    @Body() dto: SwitchOrganisationDto,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewSessionView> {
    const session = await this.sessions.switchTo(actor, dto.organisationId);
    setCookie(request, reply, session);
    return session;
  }

  /** Changes one's password and ends every session of this person here. */
  @Post('password')
  @HttpCode(204)
  @SignedIn('changes the caller’s own password')
  @RateLimit({ max: 10, timeWindow: '1 minute' })
  changePassword(@CurrentActor() actor: Actor, @Body() dto: ChangePasswordDto): Promise<void> {
    return this.sessions.changePassword(actor, dto);
  }
}

function setCookie(request: AuthenticatedRequest, reply: FastifyReply, session: NewSessionView): void {
  void reply.setCookie(SESSION_COOKIE, session.token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    path: '/',
    expires: new Date(session.expiresAt),
  });
}
