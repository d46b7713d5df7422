import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { ProblemController } from './problem.controller';

@Module({ controllers: [HealthController, ProblemController] })
export class ServiceModule {}
