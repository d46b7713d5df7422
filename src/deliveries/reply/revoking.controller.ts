import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { Revoking, RevokedLinksView } from './revoking.service';

@ApiTags('deliveries')
@Controller('v1/notices/:id/reply-links')
export class ReplyLinksController {
  constructor(private readonly revoking: Revoking) {}

  /** Closes the links that mails about this notice carry; the notice is answered by those who sign in. */
  @Post('revoke')
  @HttpCode(200)
  @Allow('contact.manage')
  revoke(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<RevokedLinksView> {
    return this.revoking.revoke(actor, id);
  }
}
