import { randomUUID } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
import type { Receipted } from './api';
import { NetworkError, VerificationError, refusalOf } from './errors';
import type { paths } from './openapi';

/** How often a request is tried when nothing, or only "not now", came back. */
export const ATTEMPTS = 5;
const MAX_PAUSE_MS = 10_000;
/** Not carried out, and may be asked again: too many, bad gateway, unavailable, gateway timeout. */
const NOT_NOW = new Set([429, 502, 503, 504]);

export interface WireOptions {
  readonly baseUrl: string;
  readonly token?: string;
  readonly fetch?: typeof fetch;
  /** Waits so many milliseconds; replaced in tests. */
  readonly pause?: (ms: number) => Promise<void>;
  /** Called with each receipt that an answer carried, and the answer, before the answer is handed on. */
  readonly onReceipt?: (receipt: NonNullable<Receipted['receipt']>, route: string) => Promise<void>;
}

interface Outgoing {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt, so that a file is read again rather than kept in memory. */
  readonly body?: () => string | FormData;
  readonly signal?: AbortSignal | null;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits 0.25, 0.5, 1, 2 … s, or what the server asked for, with a quarter of chance so that clients do not march in step. */
function pauseBefore(attempt: number, response: Response | null): number {
  const asked = Number(response?.headers.get('retry-after'));
  const base = asked > 0 ? asked * 1000 : 250 * 2 ** attempt;
  return Math.min(MAX_PAUSE_MS, base) * (1 + Math.random() / 4);
}

const isAborted = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const cause: unknown = error.cause;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : error.message;
}

/**
 * One connection to one server: the address, the token, retries, problems and receipts. A POST carries an
 * `Idempotency-Key`, made once and kept over every retry, so the server does it once however often it is asked.
 */
export class Wire {
  readonly baseUrl: string;
  readonly api: Client<paths>;
  token: string | undefined;
  #offsetMs = 0;
  readonly #options: WireOptions;

  constructor(options: WireOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.token = options.token;
    this.#options = options;
    this.api = createClient<paths>({ baseUrl: this.baseUrl, fetch: (request) => this.#forward(request) });
  }

  /** The server's time, to about a second: our clock, put right by what its last answer said. */
  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /**
   * The body of an answer; its receipt goes to the store first. Its type is what the server's own description says, which nothing
   * checks here: what a decision rests on (receipts, proofs, digests) is checked where it is decided.
   */
  async answer<T>(call: Promise<{ data?: unknown }>, route: string): Promise<T> {
    const { data } = await call;
    const answer = data as T & Receipted;
    const receipt = typeof answer === 'object' && answer !== null ? answer.receipt : null;
    try {
      if (receipt) await this.#options.onReceipt?.(receipt, route);
    } catch (error) {
      throw error instanceof VerificationError ? new VerificationError(error.message, answer) : error;
    }
    return answer;
  }

  /** A multipart POST; files are streamed from the disk, again for each attempt. `key`: a new one unless it goes on with an old one. */
  async multipart<T>(path: string, form: () => FormData, key: string = randomUUID()): Promise<T> {
    const response = await this.exchange(path, { method: 'POST', headers: { 'idempotency-key': key }, body: form });
    return this.answer<T>(
      response.json().then((data: unknown) => ({ data })),
      `POST ${path}`,
    );
  }

  /** @throws ProblemError when it was refused, NetworkError when nothing was heard after every retry */
  async exchange(path: string, outgoing: Outgoing): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json', ...outgoing.headers };
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    if (outgoing.method === 'POST') headers['idempotency-key'] ??= randomUUID();
    for (let attempt = 0; ; attempt++) {
      const last = attempt + 1 >= ATTEMPTS;
      const result = await this.#once(path, outgoing, headers, last);
      if (result instanceof Response && !NOT_NOW.has(result.status)) return this.#accept(result);
      if (result instanceof Response && last) return this.#accept(result);
      await (this.#options.pause ?? sleep)(pauseBefore(attempt, result));
      await result?.body?.cancel().catch(() => undefined);
    }
  }

  async #once(
    path: string,
    outgoing: Outgoing,
    headers: Record<string, string>,
    last: boolean,
  ): Promise<Response | null> {
    const body = outgoing.body?.();
    try {
      const call = this.#options.fetch ?? fetch;
      return await call(`${this.baseUrl}${path}`, {
        method: outgoing.method,
        headers,
        redirect: 'error',
        ...(body === undefined ? {} : { body }),
        ...(outgoing.signal ? { signal: outgoing.signal } : {}),
      });
    } catch (error) {
      if (isAborted(error)) throw error;
      if (last) throw new NetworkError(`no answer from ${this.baseUrl}: ${reasonOf(error)}`, { cause: error });
      return null;
    }
  }

  async #accept(response: Response): Promise<Response> {
    const stated = Date.parse(response.headers.get('date') ?? '');
    // The header is cut to whole seconds: on average it is half a second behind.
    if (!Number.isNaN(stated)) this.#offsetMs = stated + 500 - Date.now();
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  async #forward(request: Request): Promise<Response> {
    const text = request.method === 'GET' ? '' : await request.text();
    return this.exchange(request.url.slice(this.baseUrl.length), {
      method: request.method,
      ...(text === '' ? {} : { headers: { 'content-type': 'application/json' }, body: () => text }),
      signal: request.signal,
    });
  }
}
