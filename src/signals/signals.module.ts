import { Module } from '@nestjs/common';
import { ImagingModule } from '../infra/imaging/imaging.module';
import { Admission } from './defence/admission.service';
import { CanaryWatch } from './defence/canary.service';
import { NegativeIndex } from './defence/negative-index.service';
import { FileMatching } from './matching/file-matching.service';
import { Matching } from './matching/matching.service';
import { SignalController } from './signal.controller';
import { SignalIndex } from './matching/signal-index.service';
import { ContributionController } from './store/contribution.controller';
import { Contributions } from './store/contributions.service';
import { SignalReading } from './store/reading.service';
import { Retraction } from './store/retraction.service';
import { Withdrawals } from './store/withdrawals.service';

@Module({
  imports: [ImagingModule],
  controllers: [SignalController, ContributionController],
  providers: [
    Admission,
    CanaryWatch,
    NegativeIndex,
    SignalIndex,
    Matching,
    FileMatching,
    Contributions,
    Retraction,
    Withdrawals,
    SignalReading,
  ],
  exports: [Matching, Contributions, Retraction, SignalIndex],
})
export class SignalsModule {}
