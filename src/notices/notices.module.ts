import { Module } from '@nestjs/common';
import { Answering } from './answering.service';
import { Drafting } from './drafting.service';
import { NoticesController } from './notices.controller';
import { Reading } from './reading.service';
import { Sending } from './sending.service';
import { Ticker } from './ticker';
import { Ticking } from './ticking';

@Module({
  controllers: [NoticesController],
  providers: [Drafting, Sending, Answering, Reading, Ticker, Ticking],
  exports: [Drafting, Sending, Answering, Reading, Ticker],
})
export class NoticesModule {}
