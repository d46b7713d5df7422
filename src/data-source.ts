import type { DataSourceOptions } from 'typeorm';
import { ApiKey, Approval, Membership, Organisation } from './accounts/accounts.entity';
import { CaseFile, CaseJoin, ContentItem } from './cases/cases.entity';
import { Exhibit, StoredObject } from './evidence/evidence.entity';
import { ContactPoint, Delivery, DeliveryAttempt, WebhookEndpoint } from './deliveries/deliveries.entity';
import { Page, PageAttempt, Pager } from './deliveries/pagers/pagers.entity';
import { WatchedClient } from './infra/database/watched-client';
import { NoticeClock } from './notices/clock.entity';
import { Notice, NoticeAnswer, NoticeItem } from './notices/notice.entity';
import { Obstacle } from './notices/obstacle.entity';
import { Reinstatement } from './notices/reinstatement.entity';
import { CreateTenancy1764000000000 } from '../migrations/1764000000000-create-tenancy';
import { CreateJobs1764000100000 } from '../migrations/1764000100000-create-jobs';
import { CreateLedger1764000200000 } from '../migrations/1764000200000-create-ledger';
import { CreateSignals1764000250000 } from '../migrations/1764000250000-create-signals';
import { CreateCases1764000300000 } from '../migrations/1764000300000-create-cases';
import { CreateEvidence1764000350000 } from '../migrations/1764000350000-create-evidence';
import { CreateNotices1764000500000 } from '../migrations/1764000500000-create-notices';
import { CreateDeliveries1764000600000 } from '../migrations/1764000600000-create-deliveries';
import { CreateTransparency1764000700000 } from '../migrations/1764000700000-create-transparency';
import { CreateSignalSharing1764000800000 } from '../migrations/1764000800000-create-signal-sharing';
import { CreateMatching1764000810000 } from '../migrations/1764000810000-create-matching';
import { CreateSignalDefence1764000820000 } from '../migrations/1764000820000-create-signal-defence';
import { CreateExhibitMedia1764000840000 } from '../migrations/1764000840000-create-exhibit-media';
import { CreateExchange1764000830000 } from '../migrations/1764000830000-create-exchange';
import { CreateExchangeInbound1764000850000 } from '../migrations/1764000850000-create-exchange-inbound';
import { AskForReviews1764000860000 } from '../migrations/1764000860000-ask-for-reviews';
import { NoticesInFull1764000870000 } from '../migrations/1764000870000-notices-in-full';
import { CreateAuthorityKeys1764000880000 } from '../migrations/1764000880000-create-authority-keys';
import { CreateChannels1764000890000 } from '../migrations/1764000890000-create-channels';
import { RegisterProviders1764000900000 } from '../migrations/1764000900000-register-providers';
import { TakeInBulk1764000910000 } from '../migrations/1764000910000-take-in-bulk';
import { LookAgain1764000920000 } from '../migrations/1764000920000-look-again';
import { MendSharing1764000930000 } from '../migrations/1764000930000-mend-sharing';
import { CreateOrders1764000940000 } from '../migrations/1764000940000-create-orders';
import { ScrutiniseOrders1764000950000 } from '../migrations/1764000950000-scrutinise-orders';
import { CreateDuty1764000970000 } from '../migrations/1764000970000-create-duty';
import { CreateLifeThreats1764000980000 } from '../migrations/1764000980000-create-life-threats';
import { ReceiveOrders1764000990000 } from '../migrations/1764000990000-receive-orders';
import { ReplyWithoutAccount1764000960000 } from '../migrations/1764000960000-reply-without-account';
import { AskApart1764001020000 } from '../migrations/1764001020000-ask-apart';
import { WriteToSmallPlatforms1764001000000 } from '../migrations/1764001000000-write-to-small-platforms';
import { ReckonAnew1764001010000 } from '../migrations/1764001010000-reckon-anew';

/** Entities and migrations as explicit lists: what is not named here does not exist. */
export const ENTITIES = [
  Organisation,
  Membership,
  ApiKey,
  Approval,
  CaseFile,
  ContentItem,
  CaseJoin,
  StoredObject,
  Exhibit,
  Notice,
  NoticeItem,
  Obstacle,
  Reinstatement,
  NoticeAnswer,
  NoticeClock,
  WebhookEndpoint,
  ContactPoint,
  Delivery,
  DeliveryAttempt,
  Pager,
  Page,
  PageAttempt,
];

export const MIGRATIONS = [
  CreateTenancy1764000000000,
  CreateJobs1764000100000,
  CreateLedger1764000200000,
  CreateSignals1764000250000,
  CreateCases1764000300000,
  CreateEvidence1764000350000,
  CreateNotices1764000500000,
  CreateDeliveries1764000600000,
  CreateTransparency1764000700000,
  CreateSignalSharing1764000800000,
  CreateMatching1764000810000,
  CreateSignalDefence1764000820000,
  CreateExchange1764000830000,
  CreateExhibitMedia1764000840000,
  CreateExchangeInbound1764000850000,
  AskForReviews1764000860000,
  NoticesInFull1764000870000,
  CreateAuthorityKeys1764000880000,
  CreateChannels1764000890000,
  RegisterProviders1764000900000,
  TakeInBulk1764000910000,
  LookAgain1764000920000,
  MendSharing1764000930000,
  CreateOrders1764000940000,
  ScrutiniseOrders1764000950000,
  CreateDuty1764000970000,
  CreateLifeThreats1764000980000,
  ReceiveOrders1764000990000,
  ReplyWithoutAccount1764000960000,
  WriteToSmallPlatforms1764001000000,
  ReckonAnew1764001010000,
  AskApart1764001020000,
];

/** TypeORM's settings for one connection string. Never synchronises: migrations are SQL. */
export function dataSourceOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize,
    applicationName: 'clepsydra',
    extra: { connectionTimeoutMillis: 10_000, Client: WatchedClient },
    // A connection that the server ended must not end the process; the next query takes another.
    poolErrorHandler: () => undefined,
  };
}
