import { Module } from '@nestjs/common';
import { ImagingModule } from '../infra/imaging/imaging.module';
import { FileMatching } from './file-matching.service';
import { Matching } from './matching.service';
import { SignalController } from './signal.controller';
import { SignalIndex } from './signal-index.service';
import { Signals } from './signals.service';

@Module({
  imports: [ImagingModule],
  controllers: [SignalController],
  providers: [SignalIndex, Matching, FileMatching, Signals],
  exports: [Matching, Signals, SignalIndex],
})
export class SignalsModule {}
