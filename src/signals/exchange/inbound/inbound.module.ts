import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../../infra/config';
import { KeyProvider } from '../../../infra/crypto/key-provider';
import { KeyfileProvider } from '../../../infra/crypto/keyfile';
import { EgressModule } from '../../../infra/egress/egress.module';
import { SignalsModule } from '../../signals.module';
import { ClepsydraAdapter } from './adapters/clepsydra';
import { TatAdapter } from './adapters/tat';
import { TaxiiAdapter } from './adapters/taxii';
import { SourceClosing } from './closing.service';
import { CsvUpload } from './csv-upload.service';
import { SourcesDue } from './due.service';
import { SourceEnding } from './ending.service';
import { SourcePlacing } from './placing.service';
import { SOURCE_ADAPTERS, type SourceAdapters } from './source-adapters';
import { SourceSecrets } from './source-secrets';
import { ExchangeSourceController } from './sources.controller';
import { ExchangeSources } from './sources.service';
import { SourceSync } from './sync.service';
import { SourceTaking } from './taking.service';

/** How hashes of others reach us. Adding a protocol is described in docs/subscriptions.md. */
@Module({
  imports: [EgressModule, SignalsModule],
  controllers: [ExchangeSourceController],
  providers: [
    {
      provide: KeyProvider,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<KeyProvider> => KeyfileProvider.open(config.secretsDirectory),
    },
    ClepsydraAdapter,
    TaxiiAdapter,
    TatAdapter,
    {
      provide: SOURCE_ADAPTERS,
      inject: [ClepsydraAdapter, TaxiiAdapter, TatAdapter],
      useFactory: (clepsydra: ClepsydraAdapter, taxii: TaxiiAdapter, tat: TatAdapter): SourceAdapters => ({
        clepsydra,
        taxii,
        tat,
      }),
    },
    SourceSecrets,
    SourcePlacing,
    SourceEnding,
    SourceTaking,
    SourceClosing,
    SourceSync,
    SourcesDue,
    ExchangeSources,
    CsvUpload,
  ],
})
export class ExchangeInboundModule {}
