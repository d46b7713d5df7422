import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../infra/config';
import { KeyProvider } from '../infra/crypto/key-provider';
import { KeyfileProvider } from '../infra/crypto/keyfile';
import { EgressModule } from '../infra/egress/egress.module';
import { MailModule } from '../infra/mail/mail.module';
import { NoticesModule } from '../notices/notices.module';
import { RedressModule } from '../notices/redress/redress.module';
import { AdvanceController } from './advance/advance.controller';
import { AdvanceDeliveries } from './advance/advance-deliveries.service';
import { AdvanceMailing } from './advance/advance-mailing.service';
import { CHANNELS_OUT, FeedChannel, InboxChannel, ReplyLinks, type ChannelOut } from './channel';
import { ContentPageController } from './content/content-page.controller';
import { ContactPoints } from './contact-points.service';
import { ContactPointsController, DeliveriesController, WebhooksController } from './deliveries.controller';
import { Delivering } from './delivering.service';
import { DeliveryLog } from './delivery-log.service';
import { FeedReceipts } from './feed-receipts.service';
import { MailChannel } from './mail-channel';
import { Calling } from './pagers/calling.service';
import { PagersController } from './pagers/pagers.controller';
import { Pagers } from './pagers/pagers.service';
import { PuttingBack } from './reply/putting-back.service';
import { MailedReplyLinks } from './reply/reply-links';
import { ReplyProofs } from './reply/reply-proofs';
import { ReplyController } from './reply/reply.controller';
import { Replying } from './reply/replying.service';
import { ReplyLinksController } from './reply/revoking.controller';
import { Revoking } from './reply/revoking.service';
import { VerifyController } from './reply/verify.controller';
import { Verifying } from './reply/verifying.service';
import { Replaying } from './replaying.service';
import { Reports } from './reports.service';
import { Telling } from './telling.service';
import { WebhookChannel } from './webhook-channel';
import { WebhookSecrets } from './webhook-secrets';
import { Webhooks } from './webhooks.service';

@Module({
  imports: [EgressModule, MailModule, NoticesModule, RedressModule],
  controllers: [
    WebhooksController,
    ContactPointsController,
    DeliveriesController,
    AdvanceController,
    PagersController,
    ReplyController,
    ReplyLinksController,
    VerifyController,
    ContentPageController,
  ],
  providers: [
    {
      provide: KeyProvider,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<KeyProvider> => KeyfileProvider.open(config.secretsDirectory),
    },
    {
      provide: CHANNELS_OUT,
      inject: [WebhookChannel, MailChannel],
      useFactory: (webhook: WebhookChannel, mail: MailChannel): ChannelOut[] => [
        webhook,
        mail,
        new InboxChannel(),
        new FeedChannel(),
      ],
    },
    MailedReplyLinks,
    { provide: ReplyLinks, useExisting: MailedReplyLinks },
    PuttingBack,
    Replying,
    ReplyProofs,
    Revoking,
    Verifying,
    AdvanceDeliveries,
    AdvanceMailing,
    MailChannel,
    Calling,
    Pagers,
    FeedReceipts,
    Replaying,
    Reports,
    WebhookSecrets,
    WebhookChannel,
    Webhooks,
    ContactPoints,
    DeliveryLog,
    Delivering,
    Telling,
  ],
  exports: [Delivering, Webhooks, ContactPoints, Reports, Pagers, WebhookChannel, MailChannel],
})
export class DeliveriesModule {}
