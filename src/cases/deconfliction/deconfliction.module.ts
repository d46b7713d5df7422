import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../infra/config';
import { DeconflictionController } from './deconfliction.controller';
import { OrderDeconfliction } from './order-deconfliction.service';
import { OrderTokens } from './order-tokens';

@Module({
  controllers: [DeconflictionController],
  providers: [
    OrderDeconfliction,
    {
      provide: OrderTokens,
      inject: [CONFIG],
      useFactory: (config: Config): OrderTokens => OrderTokens.open(config.secretsDirectory),
    },
  ],
  exports: [OrderDeconfliction],
})
export class DeconflictionModule {}
