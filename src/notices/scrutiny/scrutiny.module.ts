import { Module } from '@nestjs/common';
import { RedressModule } from '../redress/redress.module';
import { Deciding } from './deciding.service';
import { Scrutinising } from './scrutinising.service';
import { ScrutinyController } from './scrutiny.controller';

/** Scrutiny of cross-border orders by the home authority (TCO Art. 4); see docs/orders.md. */
@Module({
  imports: [RedressModule],
  controllers: [ScrutinyController],
  providers: [Scrutinising, Deciding],
  exports: [Scrutinising],
})
export class ScrutinyModule {}
