import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../infra/database/actor';
import { Work } from '../infra/database/work';
import { Allow, CurrentActor } from '../infra/http/allow';
import { FeedStream } from './feed-stream';
import { feedPage } from './feed.query';
import { FeedPageView, FeedQuery, FeedStreamQuery } from './ledger.dto';

@ApiTags('ledger')
@Controller('v1/feed')
export class FeedController {
  constructor(
    private readonly work: Work,
    private readonly stream: FeedStream,
  ) {}

  /** What happened that the caller's organisation may know of, in the order of the ledger and without a gap. */
  @Get()
  @Allow('feed.read')
  page(@CurrentActor() actor: Actor, @Query() query: FeedQuery): Promise<FeedPageView> {
    return this.work.read(actor, (tx) => feedPage(tx, actor.organisationId, query.after, query.limit));
  }

  /** The same as server-sent events: event `entry`, id its sequence number. Ends after a minute; come back with the id. */
  @Get('stream')
  @Allow('feed.read')
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'Each event holds one entry of the feed.' })
  follow(
    @CurrentActor() actor: Actor,
    @Query() query: FeedStreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.stream.write(actor, cursorOf(lastEventId) ?? query.after ?? null, reply);
  }
}

function cursorOf(lastEventId: string | undefined): number | undefined {
  return lastEventId !== undefined && /^(-1|\d{1,15})$/.test(lastEventId) ? Number(lastEventId) : undefined;
}
