import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { parseEntry } from '../domain/ledger-entry';
import type { Receipt } from '../domain/receipt';
import { ClockSource } from '../infra/clock-source';
import { requestContext } from '../infra/context';
import { acknowledge, type Received } from './acknowledge';
import { LedgerKey } from './ledger-key';
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
 * not to wait for it: the answer then says where it will be. A message that changed a notice is acknowledged in it, at once and
 * signed, whether the receipt is pending or not (docs/decisions/reply-link.md).
 */
@Injectable()
export class ReceiptInterceptor implements NestInterceptor {
  constructor(
    private readonly receipts: Receipts,
    private readonly key: LedgerKey,
    private readonly clock: ClockSource,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { method, headers } = request;
    if (method === 'GET' || method === 'HEAD') return next.handle();
    const isLater = LATER.test(headers.prefer?.toString() ?? '');
    if (isLater) void context.switchToHttp().getResponse<FastifyReply>().header('preference-applied', 'receipt=later');
    const received = { id: request.id, message: documentOf(request), receivedAt: this.clock.now().toISOString() };
    return next.handle().pipe(mergeMap((answer) => this.withReceipt(answer, received, isLater)));
  }

  private async withReceipt(answer: unknown, received: Received, isLater: boolean): Promise<unknown> {
    const entryId = requestContext()?.entryIds.at(-1);
    if (entryId === undefined || !isPlain(answer)) return answer;
    const receipt: Receipt | null = isLater ? null : await this.receipts.wait(entryId);
    const isAboutNotice = requestContext()?.aboutNotice === true || (receipt !== null && provesNotice(receipt));
    const acknowledgement = isAboutNotice ? { acknowledgement: acknowledge(this.key, received, entryId) } : {};
    return { ...answer, receipt: { ...(receipt ?? pendingReceipt(entryId)), ...acknowledgement } };
  }
}

/** Files and lines come as streams, which no route that changes a notice reads. */
function documentOf({ body }: FastifyRequest): unknown {
  const prototype: unknown = typeof body === 'object' && body !== null ? Object.getPrototypeOf(body) : null;
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype ? body : null;
}

/** A repeat appends nothing: whether it was about a notice stands in the entry that the first had led to. */
const provesNotice = ({ entry }: Receipt): boolean =>
  entry.bytes !== undefined && parseEntry(Buffer.from(entry.bytes, 'base64')).subjects.notice !== undefined;

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
