import { Module } from '@nestjs/common';
import { DeconflictionModule } from '../../cases/deconfliction/deconfliction.module';
import { SignalsModule } from '../../signals/signals.module';
import { NoticesModule } from '../notices.module';
import { Annulling } from './annulling.service';
import { Complaints } from './complaints.service';
import { ContentNotices } from './content-notices.service';
import { OrderUpkeep } from './order-upkeep.service';
import { PeriodEnds } from './period-ends.service';
import { ComplaintController, ContentController, RedressController } from './redress.controller';
import { Reviews } from './reviews.service';
import { Upholding } from './upholding.service';

/** Courts, finality, content providers and their complaints (TCO Art. 3(9), 9 to 11); see docs/orders.md. */
@Module({
  imports: [DeconflictionModule, NoticesModule, SignalsModule],
  controllers: [RedressController, ContentController, ComplaintController],
  providers: [Annulling, Reviews, OrderUpkeep, ContentNotices, Complaints, Upholding, PeriodEnds],
  exports: [Annulling, ContentNotices, PeriodEnds],
})
export class RedressModule {}
