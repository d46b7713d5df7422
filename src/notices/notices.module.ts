import { Module } from '@nestjs/common';
import { DeconflictionModule } from '../cases/deconfliction/deconfliction.module';
import { SignalsModule } from '../signals/signals.module';
import { Afterwards } from './afterwards.service';
import { Answering } from './answering.service';
import { ContactHours } from './contact-hours.service';
import { ContactHoursController, CourseController } from './course.controller';
import { Departing } from './departing';
import { Drafting } from './drafting.service';
import { FallenContributions } from './fallen-contributions.service';
import { NoticesController } from './notices.controller';
import { Obstacles } from './obstacles.service';
import { Reading } from './reading.service';
import { Sending } from './sending.service';
import { Ticker } from './ticker';
import { Ticking } from './ticking';

@Module({
  imports: [DeconflictionModule, SignalsModule],
  controllers: [NoticesController, CourseController, ContactHoursController],
  providers: [
    Drafting,
    Sending,
    Departing,
    Answering,
    Obstacles,
    Afterwards,
    FallenContributions,
    ContactHours,
    Reading,
    Ticker,
    Ticking,
  ],
  exports: [Drafting, Sending, Departing, Answering, Obstacles, Afterwards, FallenContributions, Reading, Ticker],
})
export class NoticesModule {}
