import { Module, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { join } from 'node:path';
import { CONFIG, type Config } from '../config';
import { KeyProvider } from '../crypto/key-provider';
import { KeyfileProvider } from '../crypto/keyfile';
import { CaseKeyStore } from '../crypto/keystore';
import { log } from '../log';
import { Periodic } from '../periodic';
import { BlobStore } from './blob-store';
import { DiskBlobStore } from './disk';
import { SealedStore } from './sealed-store';

/** An upload that has not written for so long is dead: HTTP gives up on it much sooner. */
const IDLE_MS = 10 * 60_000;

/**
 * Case keys lie in `case-keys/` of the data directory, beside the database and never in it; the master key in the secrets
 * folder. `CONFIG` comes from a global module.
 */
@Module({
  providers: [
    {
      provide: KeyProvider,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<KeyProvider> => KeyfileProvider.open(config.secretsDirectory),
    },
    {
      provide: CaseKeyStore,
      inject: [CONFIG, KeyProvider],
      useFactory: (config: Config, provider: KeyProvider): Promise<CaseKeyStore> =>
        CaseKeyStore.open(join(config.dataDirectory, 'case-keys'), provider),
    },
    {
      provide: BlobStore,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<BlobStore> => DiskBlobStore.open(join(config.dataDirectory, 'blobs')),
    },
    {
      provide: SealedStore,
      inject: [BlobStore, CaseKeyStore],
      useFactory: (blobs: BlobStore, keys: CaseKeyStore): SealedStore => new SealedStore(blobs, keys),
    },
  ],
  exports: [SealedStore, CaseKeyStore, BlobStore],
})
export class VaultStorageModule implements OnModuleInit, OnApplicationShutdown {
  private readonly upkeep = new Periodic({
    everyMs: IDLE_MS,
    turn: () => this.recover(),
    failed: (error) => this.notRecovered(error),
  });

  constructor(private readonly blobs: BlobStore) {}

  async onModuleInit(): Promise<void> {
    await this.recover().catch((error: unknown) => this.notRecovered(error));
    this.upkeep.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.upkeep.stop();
  }

  private async recover(): Promise<void> {
    const cleared = await this.blobs.recover(IDLE_MS);
    if (cleared > 0) log.warn({ event: 'storage.leftovers-cleared', cleared });
  }

  private notRecovered(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    log.error({ event: 'storage.recovery-failed', code });
  }
}
