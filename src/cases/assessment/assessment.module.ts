import { Module } from '@nestjs/common';
import { AssessmentController } from './assessment.controller';
import { Assessing } from './assessing.service';

@Module({ controllers: [AssessmentController], providers: [Assessing] })
export class AssessmentModule {}
