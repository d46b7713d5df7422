import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { CheckedConnector, EGRESS_OPTIONS, type EgressOptions } from './connector';

/** `CONFIG` comes from a global module. */
@Module({
  providers: [
    {
      provide: EGRESS_OPTIONS,
      inject: [CONFIG],
      useFactory: (config: Config): EgressOptions => ({ mode: config.egress }),
    },
    CheckedConnector,
  ],
  exports: [CheckedConnector],
})
export class EgressModule {}
