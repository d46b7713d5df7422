import { Module } from '@nestjs/common';
import { LifeThreatController } from './life-threat.controller';
import { LifeThreats } from './life-threats.service';

@Module({ controllers: [LifeThreatController], providers: [LifeThreats], exports: [LifeThreats] })
export class LifeThreatModule {}
