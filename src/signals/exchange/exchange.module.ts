import { Module } from '@nestjs/common';
import { SignalsModule } from '../signals.module';
import { ExchangeChanges } from './core/changes.service';
import { ExchangeScopes } from './core/scopes.service';
import { ExchangeCredentialController } from './credentials/credentials.controller';
import { ExchangeCredentials } from './credentials/credentials.service';
import { ExchangeLogin } from './credentials/exchange-login.service';
import { SignalFeedController } from './feed/feed.controller';
import { SignalFeed } from './feed/feed.service';

/** How hashes reach programs of others. Adding a protocol is described in docs/exchange.md. */
@Module({
  imports: [SignalsModule],
  controllers: [ExchangeCredentialController, SignalFeedController],
  providers: [ExchangeCredentials, ExchangeLogin, ExchangeScopes, ExchangeChanges, SignalFeed],
})
export class ExchangeModule {}
