import { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** Events, not sentences: `log.info({ event: 'notice.sent', noticeId })`. Never a URL, a file name or a person. */
export const log: Logger = pino({
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: {
    paths: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token', '*.secret'],
    censor: '[kept out]',
  },
});

/** Nest's own messages, into the same stream. */
export class NestLog implements LoggerService {
  log(message: unknown, context?: unknown): void {
    log.debug({ event: 'nest', context }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    log.warn({ event: 'nest', context }, String(message));
  }
  error(message: unknown, trace?: unknown, context?: unknown): void {
    log.error({ event: 'nest', context, trace }, String(message));
  }
  debug(message: unknown, context?: unknown): void {
    log.debug({ event: 'nest', context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    log.trace({ event: 'nest', context }, String(message));
  }
}
