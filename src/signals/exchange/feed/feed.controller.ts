import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../infra/database/actor';
import { Allow, CurrentActor } from '../../../infra/http/allow';
import type { Bearer, Subscriber } from '../credentials/credential';
import { CurrentBearer, OwnCredential } from '../credentials/own-credential';
import { SignalExportQuery, SignalFeedQuery } from './feed.dto';
import type { ExportFormat } from './feed-lines';
import { SignalFeed } from './feed.service';
import { sendText } from './text-stream';

const NDJSON = 'application/x-ndjson';

const TYPE_OF: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: NDJSON,
  pdq: 'text/plain; charset=utf-8',
};

const NAME_OF: Readonly<Record<ExportFormat, string>> = {
  csv: 'signals.csv',
  ndjson: 'signals.ndjson',
  pdq: 'pdq.txt',
};

/** An organisation by its own people and keys: served all that it may read. */
const own = (actor: Actor): Subscriber => ({ id: actor.organisationId, actor, wanted: null });

@ApiTags('exchange')
@Controller()
export class SignalFeedController {
  constructor(private readonly feed: SignalFeed) {}

  /**
   * What is known of the hashes on one's lists, one JSON object a line: first all that stands, then every change in the order
   * of the ledger, with tombstones. The last line holds the cursor to come back with; without it the answer broke off.
   */
  @Get('v1/signals/feed')
  @Allow('signal.fetch')
  @ApiProduces(NDJSON)
  @ApiOkResponse({ description: 'Lines of the feed; the last one is `{"through": cursor, "more": boolean}`.' })
  async lines(
    @CurrentActor() actor: Actor,
    @Query() query: SignalFeedQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(own(actor), query, request, reply);
  }

  /** All that stands on one's lists now, as a file. */
  @Get('v1/signals/export')
  @Allow('signal.fetch')
  @ApiProduces('text/csv', NDJSON, 'text/plain')
  @ApiOkResponse({ description: 'The file.' })
  async file(
    @CurrentActor() actor: Actor,
    @Query() query: SignalExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendFile(own(actor), query, request, reply);
  }

  /** The feed for a program with a credential of its own, scoped to the lists of that credential. */
  @Get('exchange/feed')
  @OwnCredential('feed', 'fetch')
  @ApiProduces(NDJSON)
  @ApiOkResponse({ description: 'Lines of the feed; the last one is `{"through": cursor, "more": boolean}`.' })
  async linesFor(
    @CurrentBearer() bearer: Bearer,
    @Query() query: SignalFeedQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(bearer, query, request, reply);
  }

  /** The file for a program with a credential of its own. */
  @Get('exchange/export')
  @OwnCredential('feed', 'fetch')
  @ApiProduces('text/csv', NDJSON, 'text/plain')
  @ApiOkResponse({ description: 'The file.' })
  async fileFor(
    @CurrentBearer() bearer: Bearer,
    @Query() query: SignalExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendFile(bearer, query, request, reply);
  }

  private async send(
    subscriber: Subscriber,
    query: SignalFeedQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const lines = await this.feed.lines(subscriber, query);
    await sendText(request, reply, lines, { 'content-type': NDJSON });
  }

  private async sendFile(
    subscriber: Subscriber,
    query: SignalExportQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const text = await this.feed.file(subscriber, query);
    await sendText(request, reply, text, {
      'content-type': TYPE_OF[query.format],
      'content-disposition': `attachment; filename="${NAME_OF[query.format]}"`,
    });
  }
}
