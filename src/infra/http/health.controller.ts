import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ApiExcludeController } from '@nestjs/swagger';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { DomainError } from '../../domain/errors';
import { CONFIG, type Config } from '../config';
import { Public } from './allow';
import { metrics } from '../telemetry';

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

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

  /** Prometheus text: counters of the process, no content and no organisation. Their pace is nobody else’s to see. */
  @Get('metrics')
  @Public('answers this machine, or whoever shows the token of CLEPSYDRA_METRICS_TOKEN')
  @Header('cache-control', 'no-store')
  async metrics(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.maySeeMetrics(request)) throw new DomainError('request.not-found');
    void reply.header('content-type', metrics.contentType);
    return metrics.metrics();
  }

  private maySeeMetrics({ ip, headers }: FastifyRequest): boolean {
    const { metricsToken } = this.config;
    // What a proxy on this machine passes on comes from elsewhere.
    if (metricsToken === undefined) return LOOPBACK.test(ip) && !headers['x-forwarded-for'] && !headers.forwarded;
    return timingSafeEqual(sha256(headers.authorization ?? ''), sha256(`Bearer ${metricsToken}`));
  }
}
