import { DomainError } from '../../../domain/errors';
import type { CheckedConnector, CheckedRequest, CheckedResponse } from '../../../infra/egress/connector';

/** Of one page. A source that sends more is asked for less, or not at all: nothing of it is kept in memory beyond this. */
const MOST_BYTES = 32 * 2 ** 20;
/** For one page, everything together. */
const TIMEOUT_MS = 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

export interface Question extends Pick<CheckedRequest, 'method' | 'headers' | 'body' | 'signal'> {
  readonly url: URL;
  /** Media types of an answer in the protocol. */
  readonly expects: RegExp;
}

/** Asks a source. @throws DomainError `egress.*`, `exchange.source-*`; details name a status and never an address */
export async function ask(connector: CheckedConnector, question: Question): Promise<CheckedResponse> {
  const { url, expects, ...request } = question;
  const answer = await connector.fetch(url.href, {
    ...request,
    timeoutMs: TIMEOUT_MS,
    maxResponseBytes: MOST_BYTES,
  });
  const { status } = answer;
  if (status === 401 || status === 403) throw new DomainError('exchange.source-refuses', { status });
  if (status === 404 || status === 410) throw new DomainError('exchange.source-missing', { status });
  if (status === 429 || status === 503) {
    throw new DomainError('exchange.source-busy', { status, pauseMs: pauseOf(answer.headers['retry-after']) });
  }
  if (status >= 500) throw new DomainError('exchange.source-down', { status });
  if (status !== 200) throw new DomainError('exchange.source-unreadable', { status });
  if (!expects.test(answer.headers['content-type'] ?? '')) {
    throw new DomainError('exchange.source-unreadable', { reason: 'media-type' });
  }
  return answer;
}

/** Seconds or a date (RFC 9110, 10.2.3); 0 for neither. */
function pauseOf(header: string | undefined): number {
  if (header === undefined) return 0;
  const asked = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(asked) ? Math.min(Math.max(0, asked), LONGEST_PAUSE_MS) : 0;
}

/** The text of an answer. @throws DomainError `exchange.source-unreadable` for what is not UTF-8 */
export function textOf({ body }: CheckedResponse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new DomainError('exchange.source-unreadable', { reason: 'utf-8' });
  }
}

export function jsonOf(answer: CheckedResponse): unknown {
  try {
    const value: unknown = JSON.parse(textOf(answer));
    return value;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('exchange.source-unreadable', { reason: 'json' });
  }
}

/** `relative` below an address that may or may not end with a slash; its own query stays. */
export function below(address: string, relative: string): URL {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${relative}`;
  return url;
}
