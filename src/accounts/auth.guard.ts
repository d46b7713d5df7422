import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Permission } from '../domain/permissions';
import { ALLOW, HOT_PATH, PUBLIC, SIGNED_IN, type AuthenticatedRequest } from '../infra/http/allow';
import { Door } from './door.service';

/**
 * The door of every route, by what its handler states and not by what the router was told. A route that says nothing is
 * closed, although the process would not have started with one. Whoever sent a body was let in before it was read.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly door: Door,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const states = (key: string): boolean => this.reflector.get<unknown>(key, handler) !== undefined;
    const permission = this.reflector.get<Permission | undefined>(ALLOW, handler);
    await this.door.admit(context.switchToHttp().getRequest<AuthenticatedRequest>(), {
      ...(permission === undefined ? {} : { permission }),
      ...(states(SIGNED_IN) ? { signedIn: true } : {}),
      ...(states(PUBLIC) ? { open: true } : {}),
      ...(states(HOT_PATH) ? { hot: true } : {}),
    });
    return true;
  }
}
