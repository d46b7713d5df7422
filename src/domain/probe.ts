/**
 * What a look at an address tells. Pure: what came back goes in, a word comes out. A person reads it beside the platform's
 * answer; nothing is decided by it. Where an answer can be read in two ways the word is `unknown`, because the record of the
 * deadline is an exhibit.
 */
export const PROBE_OUTCOMES = ['online', 'offline', 'geo_blocked', 'login_walled', 'moved', 'unknown'] as const;
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number];

/** Why the outcome is what it is. */
export const PROBE_CAUSES = [
  'answered',
  'gone',
  'says_gone',
  'legal_block',
  'region_block',
  'differs_by_vantage',
  'login_page',
  'login_redirect',
  'redirected',
  'redirected_home',
  'refused',
  'busy',
  'server_error',
  'odd_status',
  'host_unknown',
  'timeout',
  'no_connection',
  'address_refused',
  'too_many_redirects',
] as const;
export type ProbeCause = (typeof PROBE_CAUSES)[number];

/** Why a look is taken: at the deadline itself, after an answer, and again later. */
export const PROBE_REASONS = ['deadline', 'answer', 'follow_up'] as const;
export type ProbeReason = (typeof PROBE_REASONS)[number];

const HOUR_MS = 3_600_000;
/** After the answer, or after a deadline without one: re-uploads under the same address come within hours, or never. */
export const FOLLOW_UPS_MS: readonly number[] = [1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24].map((h) => h * HOUR_MS);

/** What kept an answer from coming. */
export type ProbeFailure = Extract<
  ProbeCause,
  'host_unknown' | 'timeout' | 'no_connection' | 'address_refused' | 'too_many_redirects'
>;

/** Where redirects led, against the address that was asked for. */
export type Detour = 'none' | 'same' | 'login' | 'home' | 'elsewhere';

/** What came back to one vantage point. */
export interface Sight {
  /** Of the last answer; null where none came. */
  readonly status: number | null;
  readonly failure: ProbeFailure | null;
  readonly detour: Detour;
  /** The beginning of a textual body, decoded; empty for any other. */
  readonly text: string;
}

export interface Finding {
  readonly outcome: ProbeOutcome;
  readonly cause: ProbeCause;
}

const LOGIN_PATH = /(^|\/)(log-?in|sign-?in|signup|auth|authenticate|checkpoint|connexion|anmelden)([/.?]|$)/i;

const bare = (url: URL): string => `${url.hostname.replace(/^www\./, '')}${url.pathname.replace(/\/+$/, '')}${url.search}`; // prettier-ignore

/** `asked` and `reached` are absolute addresses. A change of scheme, `www.`, port or a slash at the end leads nowhere else. */
export function detourOf(asked: string, reached: string): Detour {
  if (asked === reached) return 'none';
  if (!URL.canParse(asked) || !URL.canParse(reached)) return 'elsewhere';
  const [from, to] = [new URL(asked), new URL(reached)];
  if (bare(from) === bare(to)) return 'same';
  if (LOGIN_PATH.test(to.pathname) && !LOGIN_PATH.test(from.pathname)) return 'login';
  const isHome = to.pathname.replace(/\/+$/, '') === '' && to.search === '';
  return isHome && from.hostname.replace(/^www\./, '') === to.hostname.replace(/^www\./, '') ? 'home' : 'elsewhere';
}

const TITLE = /<title[^>]*>([^<]{1,300})/i;
const GONE = /\b404\b|\b410\b|not found|no longer (available|exists)|(page|content|post|video) (is )?(not |un)available|introuvable|n['’]existe plus|nicht (mehr )?(gefunden|verfügbar)/i; // prettier-ignore
const LOGIN_TITLE = /\blog[ -]?in\b|\bsign[ -]?in\b|connexion|se connecter|anmelden|einloggen/i;
const PASSWORD_FIELD = /<input[^>]+type\s*=\s*["']?password/i;
const REGION = /(not available|unavailable|blocked|restricted|withheld)[^<.]{0,40} in (your|this) (country|region|location|area)|(indisponible|bloqué)[^<.]{0,40} dans votre (pays|région)|in (ihrem land|deinem land|ihrer region|deiner region) nicht verfügbar/i; // prettier-ignore

function ofText(text: string): Finding {
  const title = TITLE.exec(text)?.[1] ?? '';
  if (REGION.test(text)) return { outcome: 'unknown', cause: 'region_block' };
  // The title alone: the words stand in the text of many a page that is there.
  if (GONE.test(title)) return { outcome: 'offline', cause: 'says_gone' };
  if (LOGIN_TITLE.test(title) && PASSWORD_FIELD.test(text)) return { outcome: 'login_walled', cause: 'login_page' };
  return { outcome: 'online', cause: 'answered' };
}

function ofStatus(status: number): Finding | null {
  if (status === 404 || status === 410) return { outcome: 'offline', cause: 'gone' };
  if (status === 401) return { outcome: 'login_walled', cause: 'login_page' };
  if (status === 451) return { outcome: 'unknown', cause: 'legal_block' };
  if (status === 403) return { outcome: 'unknown', cause: 'refused' };
  if (status === 429) return { outcome: 'unknown', cause: 'busy' };
  if (status >= 500 && status <= 599) return { outcome: 'unknown', cause: 'server_error' };
  return status >= 200 && status <= 299 ? null : { outcome: 'unknown', cause: 'odd_status' };
}

/** What one vantage point saw. Never `geo_blocked`: that takes another one which sees more (RFC 7725 says 451, and not where). */
export function findingOf({ status, failure, detour, text }: Sight): Finding {
  if (failure !== null || status === null) return { outcome: 'unknown', cause: failure ?? 'no_connection' };
  if (detour === 'login') return { outcome: 'login_walled', cause: 'login_redirect' };
  const told = ofStatus(status);
  if (told) return told;
  // What is left of a removed page is often the way home; a platform that moved its pages leads there too.
  if (detour === 'home') return { outcome: 'unknown', cause: 'redirected_home' };
  if (detour === 'elsewhere') {
    const there = ofText(text);
    return there.outcome === 'online' ? { outcome: 'moved', cause: 'redirected' } : there;
  }
  return ofText(text);
}

/** The causes with which a server keeps one country out. */
const KEEPS_OUT: readonly ProbeCause[] = ['legal_block', 'region_block', 'refused', 'gone', 'says_gone'];

/**
 * What all vantage points together tell, in whatever order they come. Online for one and kept out for another is
 * `geo_blocked`; online anywhere is otherwise `online`; for the rest they have to agree.
 */
export function concludeProbe(findings: readonly Finding[]): Finding {
  const of = (isMeant: (finding: Finding) => boolean): Finding | undefined => firstByCause(findings.filter(isMeant));
  const seen = of(({ outcome }) => outcome === 'online');
  if (seen) {
    const keptOut = of(({ outcome, cause }) => outcome !== 'online' && KEEPS_OUT.includes(cause));
    return keptOut ? { outcome: 'geo_blocked', cause: 'differs_by_vantage' } : seen;
  }
  // Blocked here for law or region: that it is gone, or behind a login, where we look from says nothing of the rest.
  const blocked = of(({ cause }) => cause === 'legal_block' || cause === 'region_block');
  if (blocked) return { outcome: 'unknown', cause: blocked.cause };
  // A vantage point that could not look says nothing against those that could.
  const told = of(({ outcome }) => outcome !== 'unknown');
  const others = of(({ outcome }) => outcome !== 'unknown' && outcome !== told?.outcome);
  if (others) return { outcome: 'unknown', cause: 'differs_by_vantage' };
  return told ?? of(() => true) ?? { outcome: 'unknown', cause: 'no_connection' };
}

/** One of several, the same one in whatever order they stand. */
function firstByCause(findings: readonly Finding[]): Finding | undefined {
  const place = ({ cause, outcome }: Finding): number =>
    PROBE_CAUSES.indexOf(cause) * PROBE_OUTCOMES.length + PROBE_OUTCOMES.indexOf(outcome);
  return findings.toSorted((a, b) => place(a) - place(b))[0];
}

/** Gone when it was last seen for certain, and there now. */
export const hasReappeared = (before: ProbeOutcome | null, now: ProbeOutcome): boolean =>
  before === 'offline' && now === 'online';
