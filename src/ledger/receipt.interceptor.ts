import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import type { Receipt } from '../domain/receipt';
import { requestContext } from '../infra/context';
import { Receipts } from './receipts';

/** What stands in place of a receipt when the sequencer did not get to the entry in time. */
export interface PendingReceipt {
  readonly state: 'pending';
  readonly entry: { readonly id: string };
  readonly link: string;
}

/** `Prefer: receipt=later` (RFC 7240). */
const LATER = /(^|,)\s*receipt\s*=\s*"?later"?\s*(,|;|$)/i;

/**
 * Adds the receipt of the last entry that the request appended to its JSON answer. Who sends very much at once may prefer
 * not to wait for it: the answer then says where it will be.
 */
@Injectable()
export class ReceiptInterceptor implements NestInterceptor {
  constructor(private readonly receipts: Receipts) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (method === 'GET' || method === 'HEAD') return next.handle();
    const isLater = LATER.test(headers.prefer?.toString() ?? '');
    if (isLater) void context.switchToHttp().getResponse<FastifyReply>().header('preference-applied', 'receipt=later');
    return next.handle().pipe(mergeMap((answer) => this.withReceipt(answer, isLater)));
  }

  private async withReceipt(answer: unknown, isLater: boolean): Promise<unknown> {
    const entryId = requestContext()?.entryIds.at(-1);
    if (entryId === undefined || !isPlain(answer)) return answer;
    const receipt: Receipt | null = isLater ? null : await this.receipts.wait(entryId);
    return { ...answer, receipt: receipt ?? pendingReceipt(entryId) };
  }
}

export function pendingReceipt(entryId: string): PendingReceipt {
  return { state: 'pending', entry: { id: entryId }, link: `/v1/ledger/entries/${entryId}/receipt` };
}

/** An object that is about to be written as JSON; not a stream, a buffer or a list. */
function isPlain(answer: unknown): answer is Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return false;
  return (
    !(answer instanceof Uint8Array) && typeof Reflect.get(answer, 'pipe') !== 'function' && !('getStream' in answer)
  );
}
