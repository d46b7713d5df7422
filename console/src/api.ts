import { api, bodyOf, Refused, type Schemas } from './wire';

export { Refused } from './wire';
export type Session = Schemas['SessionView'];

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

export const summary = (): Promise<SummaryAnswer> => bodyOf(api.GET('/v1/transparency/summary'));
export const signIn = (email: string, password: string): Promise<Session> =>
  bodyOf(api.POST('/v1/session', { body: { email, password } }));
export const signOut = (): Promise<void> => bodyOf(api.DELETE('/v1/session'));

/** Null when nobody is signed in. */
export async function session(): Promise<Session | null> {
  try {
    return await bodyOf<Session>(api.GET('/v1/session'));
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

/** Signals within the usual distance of a hash. Only the hash is sent. */
export async function matchByHash(type: 'pdq' | 'blockhash' | 'sha256', value: string): Promise<readonly HashMatch[]> {
  const query = { type, value };
  const answer = await bodyOf<{ matches: readonly HashMatch[] }>(api.GET('/v1/signals/match', { params: { query } }));
  return answer.matches;
}
