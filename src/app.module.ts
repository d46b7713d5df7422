import { DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountsModule } from './accounts/accounts.module';
import { ProvidersModule } from './accounts/providers/providers.module';
import { RegistryModule } from './accounts/registry/registry.module';
import { Background } from './background';
import { AssessmentModule } from './cases/assessment/assessment.module';
import { CasesModule } from './cases/cases.module';
import { DeconflictionModule } from './cases/deconfliction/deconfliction.module';
import { DeliveriesModule } from './deliveries/deliveries.module';
import { DutyModule } from './deliveries/duty/duty.module';
import { ClockSource, SystemClock } from './infra/clock-source';
import { CONFIG, type Config } from './infra/config';
import { DatabaseModule, type DatabaseConnections } from './infra/database/database.module';
import { ProblemFilter } from './infra/http/problem.filter';
import { ServiceModule } from './infra/http/service.module';
import { JobsModule } from './infra/jobs/jobs.module';
import { LedgerModule } from './ledger/ledger.module';
import { FormsModule } from './notices/forms/forms.module';
import { LifeThreatModule } from './notices/life-threat/life-threat.module';
import { NoticesModule } from './notices/notices.module';
import { OrdersModule } from './notices/orders/orders.module';
import { ReceivedOrdersModule } from './notices/received/received.module';
import { RecheckModule } from './notices/recheck/recheck.module';
import { RedressModule } from './notices/redress/redress.module';
import { ScrutinyModule } from './notices/scrutiny/scrutiny.module';
import { ExchangeModule } from './signals/exchange/exchange.module';
import { ExchangeInboundModule } from './signals/exchange/inbound/inbound.module';
import { SignalsModule } from './signals/signals.module';
import { TransparencyModule } from './transparency/transparency.module';

export interface AppOptions {
  readonly config: Config;
  readonly connections: DatabaseConnections;
  readonly clock?: ClockSource;
}

/** What every module may ask for. */
@Global()
@Module({})
class MeansModule {
  static forRoot({ config, clock }: AppOptions): DynamicModule {
    return {
      module: MeansModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: ClockSource, useValue: clock ?? new SystemClock() },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [CONFIG, ClockSource],
    };
  }
}

/** The composition root: the only file that names every module. */
@Module({})
export class AppModule {
  static forRoot(options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MeansModule.forRoot(options),
        DatabaseModule.forRoot(options.connections),
        ServiceModule,
        JobsModule,
        LedgerModule,
        AccountsModule,
        ProvidersModule,
        RegistryModule,
        SignalsModule,
        ExchangeModule,
        ExchangeInboundModule,
        CasesModule,
        DeconflictionModule,
        FormsModule,
        AssessmentModule,
        NoticesModule,
        OrdersModule,
        RecheckModule,
        RedressModule,
        ScrutinyModule,
        DeliveriesModule,
        DutyModule,
        LifeThreatModule,
        ReceivedOrdersModule,
        TransparencyModule,
      ],
      providers: [Background],
    };
  }
}
