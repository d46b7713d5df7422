import { Module } from '@nestjs/common';
import { FormsModule } from '../forms/forms.module';
import { AnsweringOutside } from './answering-outside.service';
import { Deciding } from './deciding.service';
import { EndingOutside } from './ending-outside.service';
import { HandingIn } from './handing-in.service';
import { ReadingReceived } from './reading-received.service';
import { ReceivedOrdersController } from './received.controller';

/** Orders from outside of this installation; see docs/received-orders.md. */
@Module({
  imports: [FormsModule],
  controllers: [ReceivedOrdersController],
  providers: [HandingIn, ReadingReceived, Deciding, AnsweringOutside, EndingOutside],
})
export class ReceivedOrdersModule {}
