import { Module } from '@nestjs/common';
import { EvidenceModule } from '../../evidence/evidence.module';
import { Looking } from './looking.service';
import { Probing } from './probing.service';
import { RecheckController } from './recheck.controller';
import { Rechecking } from './rechecking.service';

@Module({
  imports: [EvidenceModule],
  controllers: [RecheckController],
  providers: [Looking, Probing, Rechecking],
  exports: [Rechecking],
})
export class RecheckModule {}
