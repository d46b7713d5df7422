import { Module } from '@nestjs/common';
import { AssessmentModule } from '../../cases/assessment/assessment.module';
import { DeconflictionModule } from '../../cases/deconfliction/deconfliction.module';
import { FormsModule } from '../forms/forms.module';
import { Ordering } from './ordering.service';
import { OrdersController } from './orders.controller';
import { Signing } from './signing.service';

/** Removal orders; see docs/orders.md. */
@Module({
  imports: [AssessmentModule, DeconflictionModule, FormsModule],
  controllers: [OrdersController],
  providers: [Ordering, Signing],
  exports: [Ordering, Signing],
})
export class OrdersModule {}
