import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries.module';
import { DutyTicking } from './duty-ticking';
import { BoardController, ContactTestController, DutyController, PingsController } from './duty.controller';
import { Escalating } from './escalating.service';
import { Escalations } from './escalations.service';
import { NextChannel } from './next-channel.service';
import { PingSending } from './ping-sending.service';
import { Pings } from './pings.service';
import { Rosters } from './roster.service';

/** Who is on duty, whom to call when nobody acknowledges, and whether contact points answer; see docs/duty.md. */
@Module({
  imports: [DeliveriesModule],
  controllers: [DutyController, BoardController, PingsController, ContactTestController],
  providers: [Rosters, Escalations, Escalating, NextChannel, Pings, PingSending, DutyTicking],
  exports: [Escalating, Pings],
})
export class DutyModule {}
