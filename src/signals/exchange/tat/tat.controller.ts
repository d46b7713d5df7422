import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../../infra/http/allow';
import { RateLimit } from '../../../infra/http/rate-limit';
import type { Sent } from '../core/sent';
import type { Bearer } from '../credentials/credential';
import { CurrentBearer, OwnCredential } from '../credentials/own-credential';
import { TatFeedback, type CategoryPage, type FeedbackAnswer } from './tat-feedback.service';
import { TatList, type TatPage } from './tat-list.service';
import { TatLogin, type TatSession } from './tat-login.service';
import { TatVerification, type Verified } from './tat-verification.service';

/**
 * The API of the Tech Against Terrorism hash list, its paths below ours so that a proxy for a host of its own has one line to
 * rewrite. Both forms of the public documentation are served: with `/api` and without.
 */
@ApiExcludeController()
@Controller('exchange/tat')
export class TatController {
  constructor(
    private readonly login: TatLogin,
    private readonly list: TatList,
    private readonly verification: TatVerification,
    private readonly feedbacks: TatFeedback,
  ) {}

  /** The client logs in anew before every page. */
  @Post('token-auth/tcap')
  @HttpCode(200)
  @Public('the login of a wire protocol: user name and password of an exchange credential')
  @RateLimit({ max: 1200, timeWindow: '1 minute' })
  session(@Body() form: unknown): Promise<TatSession> {
    return this.login.session(form);
  }

  @Get(['api/hash-list/v2/all', 'hash-list/v2/all'])
  @OwnCredential('tat', 'fetch')
  page(@CurrentBearer() bearer: Bearer, @Query() query: Sent): Promise<TatPage> {
    return this.list.page(bearer, query);
  }

  @Post('hash-verification/api/v2')
  @HttpCode(200)
  @OwnCredential('tat', 'fetch')
  verify(@CurrentBearer() bearer: Bearer, @Body() body: unknown, @Query() query: Sent): Promise<Verified[]> {
    return this.verification.verify(bearer, body, query);
  }

  @Get(['api/hash-list/v2/feedback/categories', 'hash-list/v2/feedback/categories'])
  @OwnCredential('tat', 'feedback')
  categories(@Query() query: Sent): CategoryPage {
    return this.feedbacks.categories(query);
  }

  @Post(['api/hash-list/v2/feedback', 'hash-list/v2/feedback'])
  @HttpCode(201)
  @OwnCredential('tat', 'feedback')
  feedback(@CurrentBearer() bearer: Bearer, @Body() body: unknown): Promise<FeedbackAnswer> {
    return this.feedbacks.give(bearer, body);
  }
}
