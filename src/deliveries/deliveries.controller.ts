import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor } from '../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../infra/http/paging';
import { ParseUuid } from '../infra/http/uuid.pipe';
import { ContactPoints } from './contact-points.service';
import {
  ConfirmReceiptDto,
  ContactPointView,
  DeclareContactPointDto,
  DeliveryToWebhookView,
  DeliveryView,
  FeedReceiptView,
  NewWebhookView,
  RegisterWebhookDto,
  ReplayView,
  ReplayWebhookDto,
  WebhookTestView,
  WebhookView,
} from './deliveries.dto';
import { DeliveryLog } from './delivery-log.service';
import { FeedReceipts } from './feed-receipts.service';
import { Replaying } from './replaying.service';
import { Webhooks } from './webhooks.service';

@ApiTags('deliveries')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly replaying: Replaying,
  ) {}

  @Get()
  @Allow('webhook.manage')
  list(@CurrentActor() actor: Actor): Promise<WebhookView[]> {
    return this.webhooks.list(actor);
  }

  @Post()
  @Allow('webhook.manage')
  register(@CurrentActor() actor: Actor, @Body() dto: RegisterWebhookDto): Promise<NewWebhookView> {
    return this.webhooks.register(actor, dto.url);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Allow('webhook.manage')
  rotate(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<NewWebhookView> {
    return this.webhooks.rotate(actor, id);
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Allow('webhook.manage')
  disable(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<WebhookView> {
    return this.webhooks.disable(actor, id);
  }

  @Post(':id/test')
  @HttpCode(200)
  @Allow('webhook.manage')
  test(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<WebhookTestView> {
    return this.webhooks.test(actor, id);
  }

  @Get(':id/deliveries')
  @Allow('webhook.manage')
  @ApiPage(DeliveryToWebhookView)
  deliveries(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<DeliveryToWebhookView>> {
    return this.replaying.log(actor, id, query);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @Allow('webhook.manage')
  replay(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ReplayWebhookDto,
  ): Promise<ReplayView> {
    return this.replaying.replay(actor, id, dto);
  }
}

@ApiTags('deliveries')
@Controller('v1/contact-points')
export class ContactPointsController {
  constructor(private readonly contactPoints: ContactPoints) {}

  @Get()
  @Allow('contact.manage')
  list(@CurrentActor() actor: Actor): Promise<ContactPointView[]> {
    return this.contactPoints.list(actor);
  }

  @Post()
  @Allow('contact.manage')
  declare(@CurrentActor() actor: Actor, @Body() dto: DeclareContactPointDto): Promise<ContactPointView> {
    return this.contactPoints.declare(actor, dto);
  }

  @Post(':id/remove')
  @HttpCode(200)
  @Allow('contact.manage')
  remove(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<ContactPointView> {
    return this.contactPoints.remove(actor, id);
  }
}

@ApiTags('deliveries')
@Controller('v1/notices/:id')
export class DeliveriesController {
  constructor(
    private readonly deliveryLog: DeliveryLog,
    private readonly feedReceipts: FeedReceipts,
  ) {}

  @Post('feed-receipt')
  @HttpCode(200)
  @Allow('notice.acknowledge')
  confirm(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ConfirmReceiptDto,
  ): Promise<FeedReceiptView> {
    return this.feedReceipts.confirm(actor, id, dto.digest);
  }

  @Get('deliveries')
  @Allow('notice.read')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<DeliveryView[]> {
    return this.deliveryLog.of(actor, id);
  }
}
