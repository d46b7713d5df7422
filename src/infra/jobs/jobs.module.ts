import { Global, Module } from '@nestjs/common';
import { Heartbeat } from './heartbeat';
import { JobRunner } from './job-runner';
import { JobRegistry } from './jobs';

@Global()
@Module({ providers: [JobRegistry, JobRunner, Heartbeat], exports: [JobRegistry, JobRunner, Heartbeat] })
export class JobsModule {}
