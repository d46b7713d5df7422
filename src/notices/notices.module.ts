import { Module } from '@nestjs/common';
import { DeconflictionModule } from '../cases/deconfliction/deconfliction.module';
import { Afterwards } from './afterwards.service';
import { Answering } from './answering.service';
import { ContactHours } from './contact-hours.service';
import { ContactHoursController, CourseController } from './course.controller';
import { Departing } from './departing';
import { Drafting } from './drafting.service';
import { NoticesController } from './notices.controller';
import { Obstacles } from './obstacles.service';
import { Reading } from './reading.service';
import { Sending } from './sending.service';
import { Ticker } from './ticker';
import { Ticking } from './ticking';

@Module({
  imports: [DeconflictionModule],
  controllers: [NoticesController, CourseController, ContactHoursController],
  providers: [Drafting, Sending, Departing, Answering, Obstacles, Afterwards, ContactHours, Reading, Ticker, Ticking],
  exports: [Drafting, Sending, Departing, Answering, Obstacles, Afterwards, Reading, Ticker],
})
export class NoticesModule {}
