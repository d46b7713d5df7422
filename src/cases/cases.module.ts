import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module';
import { SignalsModule } from '../signals/signals.module';
import { MediaModule } from '../infra/media/media.module';
import { BulkController } from './bulk/bulk.controller';
import { Bulk } from './bulk/bulk.service';
import { BulkReading } from './bulk/reading.service';
import { BulkTaking } from './bulk/taking.service';
import { CaseController } from './case.controller';
import { Cases } from './cases.service';
import { ExhibitMedia } from './exhibit-media.service';
import { ExhibitSignalsController } from './exhibit-signals.controller';
import { ExhibitSignals } from './exhibit-signals.service';
import { IntakeFiles } from './intake-files.service';
import { Intake } from './intake.service';

@Module({
  imports: [EvidenceModule, SignalsModule, MediaModule],
  controllers: [BulkController, CaseController, ExhibitSignalsController],
  providers: [Bulk, BulkReading, BulkTaking, Cases, Intake, IntakeFiles, ExhibitMedia, ExhibitSignals],
  exports: [Cases, Intake],
})
export class CasesModule {}
