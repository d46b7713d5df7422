import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OWN_CREDENTIAL, type ExchangeRequest, type OwnCredentialNeed } from './credential-need';
import { ExchangeDoor } from './exchange-door.service';

/** Closes a route of a wire adapter to everybody but programs with a credential of its protocol. */
@Injectable()
export class ExchangeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly door: ExchangeDoor,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<OwnCredentialNeed | undefined>(OWN_CREDENTIAL, context.getHandler());
    if (!need) throw new Error('ExchangeGuard on a route without OwnCredential');
    await this.door.admit(context.switchToHttp().getRequest<ExchangeRequest>(), need);
    return true;
  }
}
