import { Module } from '@nestjs/common';
import { VaultStorageModule } from '../infra/blobs/vault-storage.module';
import { ImagingModule } from '../infra/imaging/imaging.module';
import { ExhibitController } from './exhibit.controller';
import { Exhibits } from './exhibits.service';
import { VaultRecovery } from './recovery.service';
import { Vault } from './vault.service';

@Module({
  imports: [VaultStorageModule, ImagingModule],
  controllers: [ExhibitController],
  providers: [Vault, Exhibits, VaultRecovery],
  exports: [Vault, Exhibits, VaultRecovery],
})
export class EvidenceModule {}
