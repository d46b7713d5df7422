import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { AskOrdersDto, OrderAnswerView } from './deconfliction.dto';
import { OrderDeconfliction } from './order-deconfliction.service';

@ApiTags('deconfliction')
@Controller('v1')
export class DeconflictionController {
  constructor(private readonly deconfliction: OrderDeconfliction) {}

  /**
   * Whether an order on one of these subjects stands already, of whichever body. Tells that it does and whom to call; each
   * item counts as a question of your day, and each call is an entry in the ledger. Asked again when an order is sent.
   */
  @Post('deconfliction/orders')
  @HttpCode(200)
  @Allow('notice.draft')
  ask(@CurrentActor() actor: Actor, @Body() dto: AskOrdersDto): Promise<OrderAnswerView> {
    return this.deconfliction.ask(actor, dto.itemIds);
  }
}
