import { withoutDotSegments } from './dot-segments';
import { DomainError } from './errors';
import { HOST_RULES, type HostRule } from './host-rules';

/**
 * Addresses as people paste them. What is kept and sent is what was pasted, refanged: an order must give the exact
 * URL (TCO Art 3(4)(c)). What two people pasted is compared by `identity`, in which only scheme and host case,
 * default port, IDN, the empty path and dot segments are normalised: fragments, path case and parameters count.
 */
export const MAX_ADDRESS_LENGTH = 8_192;

export type AddressFault =
  | 'empty'
  | 'too_long'
  | 'whitespace_or_control'
  | 'no_scheme'
  | 'scheme_not_supported'
  | 'credentials'
  | 'host'
  | 'handle';

export interface Address {
  readonly kind: 'url' | 'account' | 'channel';
  /** Refanged, otherwise verbatim. */
  readonly sent: string;
  /** Equal for two addresses of the same thing. */
  readonly identity: string;
  /** Lower case, IDN as punycode, without a final dot: what a platform is found by. */
  readonly host: string;
}

const invalid = (reason: AddressFault): DomainError => new DomainError('address.invalid', { reason });

// Byte order marks and zero-width spaces stick to text copied from documents; inside an address they are kept.
const EDGES = /^[\s\u200B\uFEFF<"']+|[\s\u200B\uFEFF>"']+$/g;
// Spaces and controls break lines of CSV and headers; bidirectional overrides make an address look like another.
const FORBIDDEN = /[\s\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

const SCHEME = /^(h(?:tt|xx|\*\*)ps?)(?::\/\/|\[:\]\/\/|\[:\/\/\]|:\[\/\/\]|\(:\)\/\/)/i;
const DOT_FORMS = [/\[\.\]/g, /\(\.\)/g, /\{\.\}/g, /\[dot\]/gi, /\(dot\)/gi, /\{dot\}/gi, /\\\./g] as const;

/** Both halves of what follows the scheme: authority, and path with everything after it. */
const split = (rest: string): readonly [authority: string, tail: string] => {
  const end = rest.search(/[/?#]/);
  return end === -1 ? [rest, ''] : [rest.slice(0, end), rest.slice(end)];
};

/**
 * Undoes defanging: `hxxp`, `h**p`, `[:]//`, `[.]`, `(dot)` and the like. In the path only the form that the host was
 * defanged with is undone, because `[.]` may stand in a path that nobody defanged.
 */
export function refang(raw: string): string {
  const text = raw.replace(EDGES, '');
  const scheme = SCHEME.exec(text);
  if (scheme === null) return text;
  const [authority, tail] = split(text.slice(scheme[0].length));
  const used = DOT_FORMS.filter((form) => authority.search(form) !== -1);
  const undo = (part: string): string => used.reduce((done, form) => done.replace(form, '.'), part);
  const written = scheme[1] ?? '';
  const isFanged = /^https?$/i.test(written) && scheme[0] === `${written}://`;
  const start = isFanged ? scheme[0] : `http${/s$/i.test(written) ? 's' : ''}://`;
  return start + undo(authority).replace(/[[(]:[\])](?=\d+$)/, ':') + undo(tail);
}

/** Makes an address safe to write into a message; `refang` gives back exactly what went in. */
export const defang = (url: string): string =>
  url
    .replace(/^(https?):\/\//i, (_all, scheme: string) => `hxxp${/s$/i.test(scheme) ? 's' : ''}://`)
    .replaceAll('.', '[.]');

interface Parts {
  readonly scheme: 'http' | 'https';
  readonly hostname: string;
  readonly port: string;
  readonly tail: string;
}

/** Taken apart by hand where `URL` would rewrite (path, query, fragment); `URL` reads the host only. */
const takeApart = (sent: string): Parts => {
  if (sent === '') throw invalid('empty');
  if (sent.length > MAX_ADDRESS_LENGTH) throw invalid('too_long');
  if (FORBIDDEN.test(sent)) throw invalid('whitespace_or_control');
  const found = /^([a-z][a-z0-9+.-]*):\/\//i.exec(sent);
  if (found === null) throw invalid('no_scheme');
  const scheme = (found[1] ?? '').toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') throw invalid('scheme_not_supported');
  const [authority, tail] = split(sent.slice(found[0].length));
  // A password would travel to the platform with the notice.
  if (authority.includes('@')) throw invalid('credentials');
  return { scheme, ...readHost(scheme, authority), tail };
};

const readHost = (scheme: string, authority: string): { readonly hostname: string; readonly port: string } => {
  const origin = `${scheme}://${authority}/`;
  if (authority.includes('\\') || !URL.canParse(origin)) throw invalid('host');
  const url = new URL(origin);
  const bare = url.hostname.replace(/\.$/, '');
  const isAddress = bare.startsWith('[');
  const labels = bare.split('.');
  if (!isAddress && (labels.length < 2 || labels.some((label) => label === '' || label.length > 63)))
    throw invalid('host');
  return { hostname: url.hostname, port: url.port };
};

const withoutFinalDot = (hostname: string): string => hostname.replace(/\.$/, '');

/** Parameters that a host's rule ignores are left out where they stand; everything else keeps its bytes and order. */
const applyRule = (tail: string, rule: HostRule | undefined): string => {
  if (rule === undefined) return tail;
  const [beforeHash = '', ...hash] = tail.split('#');
  const fragment = hash.length > 0 && rule.ignoreFragment !== true ? `#${hash.join('#')}` : '';
  const [path = '', ...query] = beforeHash.split('?');
  const kept = query
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !(rule.ignoreParameters ?? []).includes(pair.split('=')[0] ?? ''));
  const foldedPath = rule.ignorePathCase === true ? path.toLowerCase() : path;
  return `${foldedPath}${kept.length > 0 ? `?${kept.join('&')}` : ''}${fragment}`;
};

const ruleFor = (host: string, rules: readonly HostRule[]): HostRule | undefined =>
  rules.find((rule) => rule.hosts.includes(host));

/**
 * The address in `raw`.
 * @throws DomainError `address.invalid` with its `reason`; the text itself is not repeated
 */
export function identify(raw: string, rules: readonly HostRule[] = HOST_RULES): Address {
  const sent = refang(raw);
  const { scheme, hostname, port, tail } = takeApart(sent);
  const host = withoutFinalDot(hostname);
  const rule = ruleFor(host, rules);
  const end = tail.search(/[?#]|$/);
  const path = withoutDotSegments(tail.slice(0, end)) + tail.slice(end);
  const authority = `${rule?.sameAs ?? hostname}${port === '' ? '' : `:${port}`}`;
  return { kind: 'url', sent, host, identity: `${scheme}://${authority}${applyRule(path, rule)}` };
}

/**
 * An account or channel on a platform, which has a handle and not always a page.
 * @param host of the platform, with or without scheme
 * @throws DomainError `address.invalid` with its `reason`
 */
export function identifyHandle(
  kind: 'account' | 'channel',
  host: string,
  handle: string,
  rules: readonly HostRule[] = HOST_RULES,
): Address {
  const cleanHost = host.replace(EDGES, '');
  const { hostname } = takeApart(refang(SCHEME.test(cleanHost) ? cleanHost : `https://${cleanHost}`));
  const sent = handle.replace(EDGES, '');
  const name = sent.replace(/^(@|\[@\]|\(@\))/, '');
  if (name === '' || name.length > 512 || FORBIDDEN.test(name)) throw invalid('handle');
  const bare = withoutFinalDot(hostname);
  const rule = ruleFor(bare, rules);
  const folded = rule?.ignoreHandleCase === true ? name.toLowerCase() : name;
  return { kind, sent, host: bare, identity: `${kind}://${rule?.sameAs ?? bare}/${folded}` };
}
