import { Controller, Get, Header, Res } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { Public } from './allow';
import { metrics } from '../telemetry';

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The process answers. */
  @Get('health')
  @Public('liveness probe')
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can work: the database answers. */
  @Get('ready')
  @Public('readiness probe')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: 'ready' | 'not ready' }> {
    try {
      await this.database.query('select 1');
      return { status: 'ready' };
    } catch {
      void reply.status(503);
      return { status: 'not ready' };
    }
  }

  /** Prometheus text: counters of the process, no content and no organisation. */
  @Get('metrics')
  @Public('scraped inside the installation; the reverse proxy of docs/operating.md does not pass it on')
  @Header('cache-control', 'no-store')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', metrics.contentType);
    return metrics.metrics();
  }
}
