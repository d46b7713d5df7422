import { DomainError } from '../../domain/errors';
import type { EgressMode } from '../config';
import { requireUrl } from './addresses';

export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** All that goes on to another host: whatever else the caller set may be a secret meant for the first. */
const HARMLESS: readonly string[] = ['accept', 'accept-encoding', 'accept-language', 'user-agent'];
const OF_THE_BODY: readonly string[] = ['content-type', 'content-length', 'content-encoding', 'content-language'];

/**
 * What an answer asks for next, checked like a first call; undefined when it asks for nothing. 303, and 301 or 302 after a
 * POST, become a GET (fetch standard); a body is never sent on to another origin: it was written for the first.
 */
export function nextHop(call: Call, status: number, location: string | undefined, mode: EgressMode): Call | undefined {
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  const url = requireUrl(location, mode, call.url);
  const toGet = status === 303 ? call.method !== 'HEAD' : status <= 302 && call.method === 'POST';
  const same = url.origin === call.url.origin;
  if (!same && !toGet && call.body !== undefined) throw new DomainError('egress.redirect', { status });
  const kept = Object.entries(call.headers).filter(
    ([name]) => (same || HARMLESS.includes(name)) && !(toGet && OF_THE_BODY.includes(name)),
  );
  return {
    url,
    method: toGet ? 'GET' : call.method,
    headers: Object.fromEntries(kept),
    ...(toGet || call.body === undefined ? {} : { body: call.body }),
  };
}
