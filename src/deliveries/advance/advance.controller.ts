import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { AdvanceDeliveries, AdvanceDeliveryView } from './advance-deliveries.service';

@ApiTags('orders')
@Controller('v1/orders/advance-information')
export class AdvanceController {
  constructor(private readonly deliveries: AdvanceDeliveries) {}

  /** The mails with the information that one's own authority sent before a first order, with every attempt. */
  @Get(':id/deliveries')
  @Allow('notice.read')
  list(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<AdvanceDeliveryView[]> {
    return this.deliveries.of(actor, id);
  }
}
