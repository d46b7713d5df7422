import { Module } from '@nestjs/common';
import { SignalsModule } from '../signals.module';
import { ExchangeChanges } from './core/changes.service';
import { ExchangeScopes } from './core/scopes.service';
import { ExchangeCredentialController } from './credentials/credentials.controller';
import { ExchangeCredentials } from './credentials/credentials.service';
import { ExchangeDoor } from './credentials/exchange-door.service';
import { ExchangeLogin } from './credentials/exchange-login.service';
import { SignalFeedController } from './feed/feed.controller';
import { SignalFeed } from './feed/feed.service';
import { ExchangeFeedback } from './core/feedback.service';
import { StopnciiFetch } from './stopncii/stopncii-fetch.service';
import { StopnciiSubmit } from './stopncii/stopncii-submit.service';
import { StopnciiController } from './stopncii/stopncii.controller';
import { TatFeedback } from './tat/tat-feedback.service';
import { TatList } from './tat/tat-list.service';
import { TatLogin } from './tat/tat-login.service';
import { TatVerification } from './tat/tat-verification.service';
import { TatController } from './tat/tat.controller';
import { StixCollections } from './taxii/collections.service';
import { TaxiiController } from './taxii/taxii.controller';

/** How hashes reach programs of others. Adding a protocol is described in docs/exchange.md. */
@Module({
  imports: [SignalsModule],
  controllers: [ExchangeCredentialController, SignalFeedController, StopnciiController, TatController, TaxiiController],
  providers: [
    ExchangeCredentials,
    ExchangeLogin,
    ExchangeDoor,
    ExchangeScopes,
    ExchangeChanges,
    ExchangeFeedback,
    SignalFeed,
    StopnciiFetch,
    StopnciiSubmit,
    TatLogin,
    TatList,
    TatVerification,
    TatFeedback,
    StixCollections,
  ],
})
export class ExchangeModule {}
