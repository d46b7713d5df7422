import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyController } from './api-key.controller';
import { ApiKeys } from './api-keys.service';
import { ApprovalController } from './approval.controller';
import { Approvals } from './approvals.service';
import { AuthGuard } from './auth.guard';
import { Authentication } from './authentication.service';
import { CredentialCache } from './credential-cache';
import { Door } from './door.service';
import { OrganisationController } from './organisation.controller';
import { Organisations } from './organisations.service';
import { SecondPersonInterceptor } from './second-person';
import { SessionController } from './session.controller';
import { Sessions } from './sessions.service';

@Global()
@Module({
  controllers: [SessionController, ApiKeyController, OrganisationController, ApprovalController],
  providers: [
    Authentication,
    CredentialCache,
    Door,
    Sessions,
    ApiKeys,
    Organisations,
    Approvals,
    SecondPersonInterceptor,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [
    Authentication,
    CredentialCache,
    Door,
    Sessions,
    ApiKeys,
    Organisations,
    Approvals,
    SecondPersonInterceptor,
  ],
})
export class AccountsModule {}
