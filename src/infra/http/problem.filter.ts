import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, PROBLEMS, type FieldFault, type ProblemCode } from '../../domain/errors';
import { log } from '../log';
import { bodyFault } from './reception';

/** A problem document, RFC 9457, with the members that this service adds. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly FieldFault[];
  readonly [detail: string]: unknown;
}

export function toProblem(error: DomainError, requestId: string): Problem {
  const [status, title] = PROBLEMS[error.code];
  return {
    ...error.details,
    type: `/problems/${error.code}`,
    title,
    status,
    code: error.code,
    requestId,
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'request.invalid',
  404: 'request.not-found',
  405: 'request.method-not-allowed',
  413: 'request.too-large',
  415: 'request.unsupported-media-type',
  429: 'request.too-many',
  503: 'request.unavailable',
};

interface ForeignError {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

const BY_FASTIFY: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-media-type',
  FST_REQ_FILE_TOO_LARGE: 'request.too-large',
  FST_INVALID_JSON_FIELD_ERROR: 'request.malformed-json',
  FST_ERR_BAD_URL: 'request.invalid',
  // No id is that long.
  FST_ERR_MAX_PARAM_LENGTH: 'request.not-found',
  ECONNREFUSED: 'request.unavailable',
  '57P01': 'request.unavailable',
  '57P02': 'request.unavailable',
  '57P03': 'request.unavailable',
  '53100': 'request.unavailable',
  '53300': 'request.unavailable',
  '40001': 'request.version-conflict',
  '40P01': 'request.unavailable',
  // A value that the database refuses as malformed (a uuid in a path, a character U+0000) was the caller's.
  '22P02': 'request.invalid',
  '22P05': 'request.invalid',
  '22021': 'request.invalid',
};

/** A connection that broke; with a status beside it, it was the caller's connection and not one of ours. */
const BROKEN: readonly unknown[] = [
  'EPIPE',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '08000',
  '08001',
  '08003',
  '08006',
];

/** pg has no codes for these. */
const BROKEN_WORDS =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

const isBroken = ({ code, message, status, statusCode }: ForeignError): boolean =>
  status === undefined &&
  statusCode === undefined &&
  (BROKEN.includes(code) || (typeof message === 'string' && BROKEN_WORDS.test(message)));

/** Whatever was thrown, as the error it means. What nobody foresaw is ours, and its text stays in our log. */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const foreign = (thrown ?? {}) as ForeignError;
  const known = typeof foreign.code === 'string' ? BY_FASTIFY[foreign.code] : undefined;
  if (known) return new DomainError(known);
  if (!(thrown instanceof HttpException) && isBroken(foreign)) return new DomainError('request.unavailable');
  // Nest wraps what Fastify's parser threw and keeps its words alone.
  if (
    thrown instanceof HttpException &&
    /not valid JSON|Unexpected (token|end)|body cannot be empty/i.test(thrown.message)
  ) {
    return new DomainError('request.malformed-json');
  }
  const status = thrown instanceof HttpException ? thrown.getStatus() : (foreign.statusCode ?? foreign.status);
  const byStatus = typeof status === 'number' ? BY_STATUS[status] : undefined;
  if (byStatus) return new DomainError(byStatus);
  return new DomainError('request.internal');
}

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const given = bodyFault(request.raw);
    const error = given ?? asDomainError(thrown);
    // The rest of the body is not waited for.
    if (given) void reply.header('connection', 'close');
    if (isAbandoned(request))
      log.info({ event: 'request.aborted', requestId: request.id, code: error.code, err: withoutValues(thrown) });
    else if (error.status >= 500)
      log.error({ event: 'request.failed', requestId: request.id, code: error.code, err: withoutValues(thrown) });
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
    const { retryAfterSeconds } = error.details;
    if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', String(retryAfterSeconds));
    sendProblem(error, request, reply);
  }
}

/** Sends an error in the form that the protocol of an address asks for. */
export type ErrorForm = (error: DomainError, request: FastifyRequest, reply: FastifyReply) => void;

const FORMS = new Map<string, ErrorForm>();

/** Under this first segment of the path every error has this form, also where no route was found. */
export const answerErrorsUnder = (segment: string, form: ErrorForm): void => void FORMS.set(segment, form);

const formOf = ({ url }: FastifyRequest): ErrorForm | undefined => FORMS.get(/^\/+([^/?#]*)/.exec(url)?.[1] ?? '');

function sendProblem(error: DomainError, request: FastifyRequest, reply: FastifyReply): void {
  const form = formOf(request);
  if (form) return form(error, request, reply);
  const problem = toProblem(error, request.id);
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(problem);
}

/** For what the router refuses before any route, and so before the filter: an address that cannot be read. */
export const answerRouterError = (error: Error, request: FastifyRequest, reply: FastifyReply): void =>
  sendProblem(asDomainError(error), request, reply);

/** The caller hung up before all of the request had come. What that broke is no failure of ours. */
const isAbandoned = ({ raw }: FastifyRequest): boolean => raw.readableAborted && !raw.complete;

/** The stack and the code; not the query's parameters, which may hold a URL or a name. */
function withoutValues(thrown: unknown): Record<string, unknown> {
  const error = (thrown ?? {}) as ForeignError & { stack?: string };
  return { name: error.name, code: error.code, message: error.message, stack: error.stack };
}
