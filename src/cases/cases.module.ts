import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module';
import { SignalsModule } from '../signals/signals.module';
import { CaseController } from './case.controller';
import { Cases } from './cases.service';
import { IntakeFiles } from './intake-files.service';
import { Intake } from './intake.service';

@Module({
  imports: [EvidenceModule, SignalsModule],
  controllers: [CaseController],
  providers: [Cases, Intake, IntakeFiles],
  exports: [Cases, Intake],
})
export class CasesModule {}
