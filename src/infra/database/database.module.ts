import { DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { SCOPE_KEY } from './scope';
import { ASKED_CONNECTIONS, ASKED_SOURCE, Work, WORKER_SOURCE } from './work';

export interface DatabaseConnections {
  readonly app: DataSourceOptions;
  readonly worker: DataSourceOptions;
  readonly scopeKey: Buffer;
}

const sized = (options: DataSourceOptions, poolSize: number): DataSourceOptions =>
  options.type === 'postgres' ? { ...options, poolSize } : options;

/**
 * Three pools: the app role's for requests, and the worker role's for what works across organisations, one for the service
 * itself and one for what requests read.
 */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(connections: DatabaseConnections): DynamicModule {
    const once = { retryAttempts: 0 };
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({ ...connections.app, ...once }),
        TypeOrmModule.forRoot({ ...connections.worker, name: WORKER_SOURCE, ...once }),
        TypeOrmModule.forRoot({ ...sized(connections.worker, ASKED_CONNECTIONS), name: ASKED_SOURCE, ...once }),
      ],
      providers: [{ provide: SCOPE_KEY, useValue: connections.scopeKey }, Work],
      exports: [Work, SCOPE_KEY],
    };
  }
}
