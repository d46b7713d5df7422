import { Module } from '@nestjs/common';
import { ImagingModule } from '../infra/imaging/imaging.module';
import { Admission } from './defence/admission.service';
import { CanaryWatch } from './defence/canary.service';
import { NegativeIndex } from './defence/negative-index.service';
import { FileMatching } from './matching/file-matching.service';
import { Matching } from './matching/matching.service';
import { SignalController } from './signal.controller';
import { SignalIndex } from './matching/signal-index.service';
import { Signals } from './signals.service';

@Module({
  imports: [ImagingModule],
  controllers: [SignalController],
  providers: [Admission, CanaryWatch, NegativeIndex, SignalIndex, Matching, FileMatching, Signals],
  exports: [Matching, Signals, SignalIndex],
})
export class SignalsModule {}
