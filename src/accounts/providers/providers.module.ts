import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../infra/config';
import { EgressModule } from '../../infra/egress/egress.module';
import { ClaimProof } from './claims/claim-proof';
import { Claiming } from './claims/claiming.service';
import { ClaimController } from './claims/claims.controller';
import { Claims } from './claims/claims.service';
import { ContactFinder } from './discovery/contact-finder';
import { Discovery } from './discovery/discovery.service';
import { HostPlaces } from './discovery/host-places';
import { Proposals } from './proposals.service';
import { ProviderController } from './providers.controller';
import { Providers } from './providers.service';

@Module({
  imports: [EgressModule],
  controllers: [ProviderController, ClaimController],
  providers: [
    Providers,
    Proposals,
    Discovery,
    ContactFinder,
    Claiming,
    Claims,
    ClaimProof,
    {
      provide: HostPlaces,
      inject: [CONFIG],
      useFactory: (config: Config): HostPlaces => new HostPlaces(config.egress),
    },
  ],
})
export class ProvidersModule {}
