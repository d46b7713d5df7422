import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SecondPerson } from '../../accounts/second-person';
import type { Actor } from '../../infra/database/actor';
import { acceptsPage } from '../../infra/http/accepts-page';
import { Allow, CurrentActor, Public } from '../../infra/http/allow';
import { ApiPage, type Page } from '../../infra/http/paging';
import { RateLimit } from '../../infra/http/rate-limit';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { NoticeView } from '../notice.view';
import { Complaints } from './complaints.service';
import { ComplaintQuery, ComplaintView, DecideComplaintDto } from './complaints.dto';
import { ComplainDto, ContentNoticeView, NewReferenceView, RequestScrutinyDto } from './content.dto';
import { ContentNotices, pageOfReference } from './content-notices.service';
import { OrderUpkeep } from './order-upkeep.service';
import {
  AnnulDto,
  ConfirmReviewDto,
  DiscontinueReviewDto,
  ExposureView,
  ExtendNonDisclosureDto,
  LodgeReviewDto,
  ReviewView,
} from './reviews.dto';
import { Reviews } from './reviews.service';

@ApiTags('redress')
@Controller('v1')
export class RedressController {
  constructor(
    private readonly reviews: Reviews,
    private readonly upkeep: OrderUpkeep,
    private readonly contentNotices: ContentNotices,
  ) {}

  @Get('notices/:id/reviews')
  @Allow('notice.read')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ReviewView[]> {
    return this.reviews.list(actor, id);
  }

  /** Somebody went to court against an order: it does not become final meanwhile. */
  @Post('notices/:id/reviews')
  @Allow('review.record')
  lodge(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: LodgeReviewDto,
  ): Promise<ReviewView> {
    return this.reviews.lodge(actor, id, dto);
  }

  /** The court has confirmed the order. */
  @Post('notices/:id/reviews/:reviewId/confirm')
  @HttpCode(200)
  @Allow('order.sign')
  confirm(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('reviewId', ParseUuid) reviewId: string,
    @Body() dto: ConfirmReviewDto,
  ): Promise<ReviewView> {
    return this.reviews.confirm(actor, id, reviewId, dto);
  }

  /** The review ended without a decision about the order, which does not confirm it: it was taken back, settled or not admitted. */
  @Post('notices/:id/reviews/:reviewId/discontinue')
  @HttpCode(200)
  @Allow('order.sign')
  discontinue(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('reviewId', ParseUuid) reviewId: string,
    @Body() dto: DiscontinueReviewDto,
  ): Promise<ReviewView> {
    return this.reviews.discontinue(actor, id, reviewId, dto);
  }

  /** A court, or the issuer in its own review, annuls an order. Takes two people of the issuer, who name the same ground. */
  @Post('notices/:id/annul')
  @HttpCode(200)
  @Allow('order.sign')
  @SecondPerson({ verb: 'notice.annul', subject: 'id', table: 'notice', alike: ['ground', 'reviewId'] })
  annul(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string, @Body() dto: AnnulDto): Promise<NoticeView> {
    return this.reviews.annul(actor, id, dto);
  }

  /** The content provider is not informed for longer: once, six weeks at most (Art. 11(3)). */
  @Post('notices/:id/extend-non-disclosure')
  @HttpCode(200)
  @Allow('order.sign')
  extend(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ExtendNonDisclosureDto,
  ): Promise<NoticeView> {
    return this.upkeep.extend(actor, id, dto);
  }

  /** Final orders to a provider in twelve months, for an authority of its home Member State (Art. 5(4)). */
  @Get('providers/:id/exposure')
  @Allow('scrutiny.decide')
  exposure(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ExposureView> {
    return this.upkeep.exposure(actor, id);
  }

  /** A reference to hand to the content provider of an item. Shown once. */
  @Post('notices/:id/items/:itemId/reference')
  @Allow('notice.answer')
  makeReference(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('itemId', ParseUuid) itemId: string,
  ): Promise<NewReferenceView> {
    return this.contentNotices.makeReference(actor, id, itemId);
  }
}

const WHY_OPEN = 'the content provider has a reference and no account';

/** For content providers. An answer of `nothing` is the same for whatever reason it is given (Art. 11(3)). */
@ApiTags('content providers')
@Controller('v1/content/:reference')
export class ContentController {
  constructor(private readonly contentNotices: ContentNotices) {}

  /** As JSON; who asks for HTML is sent on to the page. */
  @Get()
  @Public(WHY_OPEN)
  @RateLimit({ max: 60, timeWindow: '1 minute' })
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @Header('vary', 'accept')
  @ApiOkResponse({ type: ContentNoticeView })
  async read(
    @Param('reference') reference: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContentNoticeView | undefined> {
    if (!acceptsPage(accept)) return this.contentNotices.read(reference);
    // Whatever the reference is: nothing was looked up, and nobody has read anything yet.
    void reply.status(303).header('location', pageOfReference(reference));
    return undefined;
  }

  /** Once about a measure; its outcome is read under the same reference. */
  @Post('complaint')
  @Public(WHY_OPEN)
  @RateLimit({ max: 10, timeWindow: '1 hour' })
  complain(@Param('reference') reference: string, @Body() dto: ComplainDto): Promise<ContentNoticeView> {
    return this.contentNotices.complain(reference, dto);
  }

  /** Within 48 hours of the first reading; its outcome is read under the same reference. */
  @Post('scrutiny')
  @Public(WHY_OPEN)
  @RateLimit({ max: 10, timeWindow: '1 hour' })
  requestScrutiny(@Param('reference') reference: string, @Body() dto: RequestScrutinyDto): Promise<ContentNoticeView> {
    return this.contentNotices.requestScrutiny(reference, dto);
  }
}

@ApiTags('redress')
@Controller('v1/complaints')
export class ComplaintController {
  constructor(private readonly complaints: Complaints) {}

  @Get()
  @Allow('notice.answer')
  @ApiPage(ComplaintView)
  list(@CurrentActor() actor: Actor, @Query() query: ComplaintQuery): Promise<Page<ComplaintView>> {
    return this.complaints.list(actor, query);
  }

  @Get(':id')
  @Allow('notice.answer')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ComplaintView> {
    return this.complaints.get(actor, id);
  }

  /** By a person who did not give the answer complained of. */
  @Post(':id/decide')
  @HttpCode(200)
  @Allow('notice.answer')
  decide(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: DecideComplaintDto,
  ): Promise<ComplaintView> {
    return this.complaints.decide(actor, id, dto);
  }
}
