import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { from, mergeMap, type Observable } from 'rxjs';
import type { FastifyRequest } from 'fastify';
import { Directory } from './directory.service';

/**
 * For controllers that change lists or their members: the next question to this node already knows of it. Other nodes hear it
 * from the ledger.
 */
@Injectable()
export class RefreshDirectory implements NestInterceptor {
  constructor(private readonly directory: Directory) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method } = context.switchToHttp().getRequest<FastifyRequest>();
    if (method === 'GET' || method === 'HEAD') return next.handle();
    return next.handle().pipe(mergeMap((answer: unknown) => from(this.directory.refresh().then(() => answer))));
  }
}
