import createClient from 'openapi-fetch';
import type { components, paths } from '../../sdk/src/openapi';
import { noteDate } from './server-clock';

export type Schemas = components['schemas'];

/** What the server refused, in its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string | null = null,
  ) {
    super(title);
  }
}

/** Every request goes through here: the server's clock is read off its answer, and a refusal is thrown. */
async function ask(request: Request): Promise<Response> {
  const askedAt = Date.now();
  const answer = await fetch(request);
  noteDate(answer.headers.get('date'), askedAt, Date.now());
  if (answer.ok) return answer;
  const problem: unknown = await answer.json().catch(() => null);
  const { title, detail } = (problem ?? {}) as { title?: string; detail?: string };
  throw new Refused(answer.status, title ?? answer.statusText, detail ?? null);
}

/** A page that was saved to a disk has no origin; it is told that the server cannot be reached. */
const base = location.protocol === 'file:' ? '' : location.origin;
export const api = createClient<paths>({ baseUrl: base, credentials: 'same-origin', fetch: ask });

/** A POST whose body the generated client does not write: forms, and what has to outlive the page. */
export const post = (path: string, body: FormData | object, more: RequestInit = {}): Promise<Response> => {
  const isForm = body instanceof FormData;
  const headers = { ...(isForm ? {} : { 'content-type': 'application/json' }), ...more.headers };
  return ask(
    new Request(`${base}${path}`, { method: 'POST', ...more, headers, body: isForm ? body : JSON.stringify(body) }),
  );
};

/** The same key for every try of one intent, so that it is done once. `crypto.randomUUID` is missing on plain HTTP. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The body of an answer that was not refused; its type is the description's. */
export async function bodyOf<T>(call: Promise<{ data?: unknown }>): Promise<T> {
  return (await call).data as T;
}

/** Why something was refused, for a person; `unreachable` where no answer came. */
export const reasonOf = (error: unknown, unreachable: string): string => {
  if (!(error instanceof Refused)) return unreachable;
  return error.detail && error.detail !== error.message ? `${error.message}: ${error.detail}` : error.message;
};
