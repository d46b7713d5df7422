import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DomainError } from '../../domain/errors';
import { fromBase64url } from '../../domain/forms/jws';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, Public } from '../../infra/http/allow';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { AuthorityKeys } from './authority-keys.service';
import { AuthorityJwksView, PinKeyDto } from './forms.dto';

/** The keys with which authorities sign orders and referrals. */
@ApiTags('forms')
@Controller('v1/authorities')
export class AuthorityKeysController {
  constructor(private readonly keys: AuthorityKeys) {}

  /** The keys of an authority as a JWK Set (RFC 7517), retired ones with the instant; empty for anybody else. */
  @Get(':id/keys')
  @Public('whoever holds an order must be able to verify who signed it')
  @Header('content-type', 'application/jwk-set+json; charset=utf-8')
  published(@Param('id', ParseUuid) id: string): Promise<AuthorityJwksView> {
    return this.keys.published(id);
  }

  /** Replaces the key of one's own authority. What the old one signed still verifies. */
  @Post('own/keys')
  @HttpCode(200)
  @Allow('organisation.manage')
  rotate(@CurrentActor() actor: Actor): Promise<AuthorityJwksView> {
    return this.keys.rotate(actor);
  }

  /** Records a key of an authority that signs elsewhere. */
  @Post(':id/pinned-keys')
  @HttpCode(200)
  @Allow('operator.organisations')
  pin(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() { x }: PinKeyDto,
  ): Promise<AuthorityJwksView> {
    return this.keys.pin(actor, id, keyBytes(x));
  }

  /** Ends a pinned key: what says that it was made later is not believed. */
  @Post(':id/pinned-keys/:kid/retire')
  @HttpCode(200)
  @Allow('operator.organisations')
  unpin(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Param('kid') kid: string,
  ): Promise<AuthorityJwksView> {
    return this.keys.unpin(actor, id, kid);
  }
}

function keyBytes(x: string): Uint8Array {
  try {
    return fromBase64url(x);
  } catch {
    throw new DomainError('request.invalid', {}, [{ pointer: '/x', detail: 'is not base64url of 32 bytes' }]);
  }
}
