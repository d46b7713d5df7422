import {
  Catch,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { DomainError, PROBLEMS } from '../../../domain/errors';
import { asDomainError } from '../../../infra/http/problem.filter';
import { log } from '../../../infra/log';

/** TAXII 2.1 (OASIS Standard, 10 June 2021), 1.6.8. */
export const TAXII = 'application/taxii+json;version=2.1';
export const STIX = 'application/stix+json;version=2.1';

/** What the Accept header asks for is served: TAXII of this version or of none in particular, or anything. */
export function isAccepted(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
      if (type === '*/*' || type === 'application/*') return true;
      const version = parameters.find((parameter) => parameter.startsWith('version='));
      return type === 'application/taxii+json' && (version === undefined || /^version="?2\.1"?$/.test(version));
    });
}

/** As bytes: Fastify would add a charset to the media type, and the protocol's client compares its parameters one by one. */
const toBytes = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));

@Injectable()
export class TaxiiMedia implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { headers } = http.getRequest<FastifyRequest>();
    if (!isAccepted(headers.accept)) throw new DomainError('exchange.not-acceptable');
    void http.getResponse<FastifyReply>().headers({ 'content-type': TAXII, 'cache-control': 'no-store' });
    return next.handle().pipe(map(toBytes));
  }
}

/** A TAXII error message (3.6.1), with the code of our own problems beside. */
export function sendTaxiiError(error: DomainError, request: FastifyRequest, reply: FastifyReply): void {
  const [status, title] = PROBLEMS[error.code];
  // RFC 7617; the answer says nothing of which part was wrong.
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="Clepsydra exchange", charset="UTF-8"');
  void reply
    .status(status)
    .headers({ 'content-type': TAXII, 'cache-control': 'no-store' })
    .send(
      toBytes({
        title,
        ...(error.faults.length > 0
          ? { description: error.faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ') }
          : {}),
        error_id: request.id,
        error_code: error.code,
        http_status: `${status}`,
        external_details: `/problems/${error.code}`,
      }),
    );
}

/** Errors of the routes; those from before a route is found come to the same form through `answerErrorsUnder`. */
@Catch()
export class TaxiiFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asDomainError(thrown);
    if (error.status >= 500) {
      const { name, message, stack } = thrown instanceof Error ? thrown : new Error(error.code);
      log.error({ event: 'request.failed', requestId: request.id, code: error.code, err: { name, message, stack } });
    }
    sendTaxiiError(error, request, reply);
  }
}
