import { Module } from '@nestjs/common';
import { FiguresController } from './figures.controller';
import { Publisher } from './publisher.service';
import { TransparencyController } from './transparency.controller';
import { Transparency } from './transparency.service';

@Module({
  controllers: [TransparencyController, FiguresController],
  providers: [Transparency, Publisher],
  exports: [Transparency, Publisher],
})
export class TransparencyModule {}
