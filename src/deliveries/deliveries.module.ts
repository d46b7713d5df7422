import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../infra/config';
import { KeyProvider } from '../infra/crypto/key-provider';
import { KeyfileProvider } from '../infra/crypto/keyfile';
import { EgressModule } from '../infra/egress/egress.module';
import { NoticesModule } from '../notices/notices.module';
import { CHANNELS_OUT, InboxChannel, type ChannelOut } from './channel';
import { ContactPoints } from './contact-points.service';
import { ContactPointsController, DeliveriesController, WebhooksController } from './deliveries.controller';
import { Delivering } from './delivering.service';
import { DeliveryLog } from './delivery-log.service';
import { Telling } from './telling.service';
import { WebhookChannel } from './webhook-channel';
import { WebhookSecrets } from './webhook-secrets';
import { Webhooks } from './webhooks.service';

@Module({
  imports: [EgressModule, NoticesModule],
  controllers: [WebhooksController, ContactPointsController, DeliveriesController],
  providers: [
    {
      provide: KeyProvider,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<KeyProvider> => KeyfileProvider.open(config.secretsDirectory),
    },
    {
      provide: CHANNELS_OUT,
      inject: [WebhookChannel],
      useFactory: (webhook: WebhookChannel): ChannelOut[] => [webhook, new InboxChannel()],
    },
    WebhookSecrets,
    WebhookChannel,
    Webhooks,
    ContactPoints,
    DeliveryLog,
    Delivering,
    Telling,
  ],
  exports: [Delivering, Webhooks, ContactPoints],
})
export class DeliveriesModule {}
