import type { FastifyServerOptions } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import { DomainError, type ProblemCode } from '../../domain/errors';
import { toProblem } from './problem.filter';

const BY_PARSER: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'request.head-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.too-slow',
};

/** For what is no request yet: a head that is too long, comes too slowly, or is not HTTP. The connection ends with the answer. */
export const answerClientError: NonNullable<FastifyServerOptions['clientErrorHandler']> = (error, socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = toProblem(new DomainError(BY_PARSER[error.code] ?? 'request.invalid'), uuidv7());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
};
