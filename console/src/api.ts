/** A count as it is published: a number, or why there is none. */
export type Published = number | '<10' | 'withheld';

export interface PublishedMonth {
  readonly month: string;
  readonly figures: {
    readonly notices: { readonly sent: Published; readonly received: Published; readonly targetMissed: Published };
    readonly responseTime: { readonly p50Ms: number | null; readonly shareWithinHour: number | null };
  };
}

export interface OwnSummary {
  readonly notices: {
    readonly sent: number;
    readonly received: number;
    readonly targetMissed: number;
    readonly results: { readonly open: number };
  };
  readonly responseTime: { readonly p50Ms: number | null; readonly shareWithinHour: number | null };
  readonly activity: { readonly matches: number; readonly exhibitsPreserved: number };
}

export interface SummaryAnswer {
  readonly scope: 'own' | 'public';
  readonly summary: OwnSummary | null;
  readonly months: readonly PublishedMonth[];
}

export interface Session {
  readonly person: { readonly displayName: string } | null;
  readonly organisation: { readonly name: string };
}

/** A signal near a hash. */
export interface HashMatch {
  readonly type: string;
  /** Bits that differ. */
  readonly distance: number;
  readonly state: string;
  readonly labels?: { readonly category?: string | null };
  /** What the organisation's policy says. */
  readonly action?: string;
}

/** What the server refused, in its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    title: string,
  ) {
    super(title);
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (answer.status === 204) return undefined as T;
  const content: unknown = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, (content as { title?: string }).title ?? answer.statusText);
  return content as T;
}

export const summary = (): Promise<SummaryAnswer> => call('GET', '/v1/transparency/summary');
export const signIn = (email: string, password: string): Promise<Session> =>
  call('POST', '/v1/session', { email, password });
export const signOut = (): Promise<void> => call('DELETE', '/v1/session');

/** Null when nobody is signed in. */
export async function session(): Promise<Session | null> {
  try {
    return await call<Session>('GET', '/v1/session');
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

/** Signals within the usual distance of a hash. Only the hash is sent. */
export async function matchByHash(type: 'pdq' | 'blockhash' | 'sha256', value: string): Promise<readonly HashMatch[]> {
  const query = new URLSearchParams({ type, value });
  const { matches } = await call<{ matches: readonly HashMatch[] }>('GET', `/v1/signals/match?${query.toString()}`);
  return matches;
}
