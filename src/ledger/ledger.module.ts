import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CONFIG, type Config } from '../infra/config';
import { FeedController } from './feed.controller';
import { FeedStream } from './feed-stream';
import { FeedWatch } from './feed-watch';
import { LedgerController } from './ledger.controller';
import { LedgerFollow } from './ledger-follow';
import { LedgerKey } from './ledger-key';
import { Ledger } from './ledger.service';
import { ReceiptInterceptor } from './receipt.interceptor';
import { Receipts } from './receipts';
import { Sequencer } from './sequencer';

/** The one record. The background process starts the sequencer; everything else works wherever requests are answered. */
@Global()
@Module({
  controllers: [FeedController, LedgerController],
  providers: [
    {
      provide: LedgerKey,
      inject: [CONFIG],
      useFactory: (config: Config) => LedgerKey.open(config.secretsDirectory, config.ledgerOrigin),
    },
    Ledger,
    Receipts,
    Sequencer,
    FeedWatch,
    FeedStream,
    LedgerFollow,
    { provide: APP_INTERCEPTOR, useClass: ReceiptInterceptor },
  ],
  exports: [Ledger, LedgerKey, Receipts, Sequencer, FeedWatch, LedgerFollow],
})
export class LedgerModule {}
