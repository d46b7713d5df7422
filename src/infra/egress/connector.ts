import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { Agent, errors, request, type Dispatcher } from 'undici';
import { DomainError } from '../../domain/errors';
import type { EgressMode } from '../config';
import { bareHost, requireUrl } from './addresses';
import { checkedAddresses, checkedDial, type Lookup } from './dial';
import type { Proxy } from './proxy';
import { nextHop, type Call } from './redirect';
import { ACCEPTED_ENCODINGS, readBody } from './response-body';

export const EGRESS_OPTIONS = Symbol('EGRESS_OPTIONS');

export interface EgressOptions {
  readonly mode: EgressMode;
  /** For tests: plays the name server. */
  readonly lookup?: Lookup;
  /** PEM certificates of authorities to trust instead of the system's. */
  readonly ca?: readonly string[];
  /** Everything goes through this proxy, which looks names up itself: nothing of a call starts from here. */
  readonly proxy?: Proxy;
}

export interface CheckedRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything together: looking up, connecting, redirects, the last byte of the answer. Default 10 s. */
  readonly timeoutMs?: number;
  /** Of the decoded answer. Default 1 MiB. */
  readonly maxResponseBytes?: number;
  /** The beginning of a longer answer is enough: the rest is left unread, instead of `egress.too-large`. */
  readonly beginningOnly?: boolean;
  /** Default 0: an answer that points elsewhere is `egress.redirect`. */
  readonly maxRedirects?: number;
  /** An answer that points elsewhere is an answer as well; whoever follows it calls again. */
  readonly keepRedirects?: true;
  readonly signal?: AbortSignal;
}

export interface CheckedResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The one way out. Whoever gives us an address to call, a platform for its webhook or a page for a capture, must not reach
 * this machine, its neighbours or a cloud's credentials through us.
 */
@Injectable()
export class CheckedConnector implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly closing = new AbortController();

  constructor(@Inject(EGRESS_OPTIONS) private readonly options: EgressOptions) {
    // One listener a connection.
    setMaxListeners(0, this.closing.signal);
    this.agent = new Agent({
      connect: checkedDial({ ...options, connectTimeoutMs: CONNECT_TIMEOUT_MS, closing: this.closing.signal }),
      allowH2: false,
      connections: 16,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      keepAliveMaxTimeout: 30_000,
      // The deadline of the call covers both; without these, undici would end a slow call first with its own error.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Throws only DomainErrors, which name no address: `egress.refused-scheme`, `egress.refused-address`, `egress.timeout`,
   * `egress.too-large`, `egress.redirect`, `egress.failed` with a `reason` code. Any status is an answer, not an error.
   */
  async fetch(address: string, options: CheckedRequest = {}): Promise<CheckedResponse> {
    const url = requireUrl(address, this.options.mode);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), options.timeoutMs ?? 10_000);
    const signal = options.signal ? AbortSignal.any([deadline.signal, options.signal]) : deadline.signal;
    try {
      return await unlessAborted(this.follow(firstCall(url, options), options, signal), signal);
    } catch (error) {
      if (deadline.signal.aborted) throw new DomainError('egress.timeout');
      throw withoutAddress(error);
    } finally {
      clearTimeout(timer);
      // Ends what a lost race left under way.
      deadline.abort();
    }
  }

  /** Whether an address may be called, for the moment when somebody enters it. It is checked again at every call. */
  async requireCallable(address: string): Promise<void> {
    try {
      await checkedAddresses(bareHost(requireUrl(address, this.options.mode).hostname), this.options);
    } catch (error) {
      throw withoutAddress(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    await this.agent.destroy();
  }

  private async follow(first: Call, options: CheckedRequest, signal: AbortSignal): Promise<CheckedResponse> {
    let call = first;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.send(call, signal);
      const next = options.keepRedirects
        ? undefined
        : nextHop(call, answer.statusCode, joined(answer.headers).location, this.options.mode);
      if (!next) return received(answer, call.method, options);
      answer.body.on('error', () => undefined).destroy();
      if (redirects >= (options.maxRedirects ?? 0))
        throw new DomainError('egress.redirect', { status: answer.statusCode });
      call = next;
    }
  }

  private send({ url, method, headers, body }: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return request(url, { dispatcher: this.agent, method, headers, body: body ?? null, signal });
  }
}

function firstCall(url: URL, { method = 'GET', headers = {}, body }: CheckedRequest): Call {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const usual = { 'user-agent': 'clepsydra', accept: '*/*' };
  // Last, so that no caller chooses another host for a checked address or an encoding that is not limited.
  const fixed = { 'accept-encoding': ACCEPTED_ENCODINGS };
  const kept = Object.fromEntries(own.filter(([name]) => name !== 'host'));
  return { url, method, headers: { ...usual, ...kept, ...fixed }, ...(body === undefined ? {} : { body }) };
}

async function received(
  answer: Dispatcher.ResponseData,
  method: string,
  { maxResponseBytes = 2 ** 20, beginningOnly = false }: CheckedRequest,
): Promise<CheckedResponse> {
  const headers = joined(answer.headers);
  // These have no body, whatever encoding their headers announce (RFC 9110, 8.4).
  const empty = method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
  const encoding = empty ? '' : (headers['content-encoding'] ?? '');
  const body = await readBody(answer.body, encoding, maxResponseBytes, beginningOnly);
  return { status: answer.statusCode, headers, body };
}

const joined = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));

/** A lookup cannot be aborted, so waiting for it is. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new DomainError('egress.failed', { reason: 'aborted' }));
    signal.addEventListener('abort', () => reject(new DomainError('egress.failed', { reason: 'aborted' })), {
      once: true,
    });
    work.then(resolve, reject);
  });
}

/** Messages of undici and of the resolver repeat the host; only the code of the failure goes on. */
function withoutAddress(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.ConnectTimeoutError) return new DomainError('egress.timeout');
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return new DomainError('egress.failed', { reason: typeof code === 'string' ? code : 'unknown' });
}
