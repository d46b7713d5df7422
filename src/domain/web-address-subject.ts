/**
 * What an address is about, written the same however it was pasted: the form in which the orders of two bodies are compared
 * (rec. 36). Nothing is sent in it; an order names its exact address (TCO Art. 3(4)(c)).
 *
 * Left out is what a browser or a site leaves out: the scheme, `www.`, a final dot, doubled slashes, a slash at the end,
 * percent-encoding that means the character itself (RFC 3986, 6.2.2), the order of parameters that have names, and parameters
 * that tell how a reader came. What may be another content stays: the case of the path, other hosts, every other parameter.
 */
export interface SubjectForm {
  /** The page, account or channel. */
  readonly whole: string;
  /** The place within the page that was named; null where the page itself was. */
  readonly part: string | null;
}

/** Said by those who set them to tell a campaign, a mailing or a click, and nothing about the page. Lower case. */
const TRACKING = new Set([
  'fbclid',
  'gclid',
  'gclsrc',
  'dclid',
  'gbraid',
  'wbraid',
  'msclkid',
  'yclid',
  'ysclid',
  'twclid',
  'ttclid',
  'li_fat_id',
  'igsh',
  'igshid',
  'epik',
  'rdt_cid',
  'scclid',
  'mc_cid',
  'mc_eid',
  'mkt_tok',
  'oly_anon_id',
  'oly_enc_id',
  '_ga',
  '_gl',
  '_hsenc',
  '_hsmi',
  'hsctatracking',
  'vero_id',
  'wickedid',
  'ref_src',
  'ref_url',
  '__twitter_impression',
  'fb_action_ids',
  'fb_action_types',
]);
const isTracking = (name: string): boolean => TRACKING.has(name.toLowerCase()) || /^utm_/i.test(name);

const UNRESERVED = /^[A-Za-z0-9._~-]$/;
/** What RFC 3986 lets stand in a path, query or fragment as it is; a percent sign only before two hexadecimal digits. */
const TO_ENCODE = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~:/?@!$&'()*+,;=%-]/gu;

const encoded = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

/** One spelling of each character: decoded where that changes nothing (RFC 3986, 2.3), otherwise encoded in capitals. */
const oneSpelling = (text: string): string =>
  text.replace(TO_ENCODE, encoded).replace(/%([0-9A-Fa-f]{2})/g, (triplet, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : triplet.toUpperCase();
  });

const hostOf = (authority: string): string => {
  const [, name = authority, port = ''] = /^(.*?)(:\d+)?$/.exec(authority) ?? [];
  const bare = name.toLowerCase().replace(/\.$/, '');
  const site = bare.replace(/^www\./, '');
  // `www.example` itself is a name under `example`, and not its other spelling.
  return (site.includes('.') ? site : bare) + port;
};

/** Dot segments are resolved in an identity already. */
const pathOf = (path: string): string =>
  oneSpelling(path.replaceAll('\\', '/'))
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '') || '/';

const nameOf = (pair: string): string => pair.split('=')[0] ?? '';

function queryOf(query: string): string {
  const pairs = query
    .split('&')
    .map(oneSpelling)
    .filter((pair) => pair !== '' && !isTracking(nameOf(pair)));
  // A parameter without a name is told by its place.
  const kept = pairs.every((pair) => pair.includes('='))
    ? pairs.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0))
    : pairs;
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}

/** Without what tells a browser where to scroll to or to start playing: text directives, media fragments. */
const fragmentOf = (fragment: string): string => {
  const place = oneSpelling(fragment).replace(/:~:.*$/, '');
  return /^(t|xywh|track)=/.test(place) ? '' : place;
};

/** A script on the page makes another content of these: what has slashes, a `!` or a value, and all there is without a path. */
const isRoute = (place: string, isRoot: boolean): boolean => isRoot || place.startsWith('!') || /[/=]/.test(place);

const PARTS = /^([a-z]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/su;

/**
 * The subject of an address.
 * @param identity as `identify` and `identifyHandle` write it
 */
export function subjectForm(identity: string): SubjectForm {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = PARTS.exec(identity) ?? [];
  if (scheme !== 'http' && scheme !== 'https') {
    const name = identity.slice(`${scheme}://${authority}`.length);
    return { whole: `${scheme}://${hostOf(authority)}${name}`, part: null };
  }
  const tail = pathOf(path) + queryOf(query);
  const page = `//${hostOf(authority)}${tail}`;
  const place = fragmentOf(fragment);
  if (place === '') return { whole: page, part: null };
  const marked = `${page}#${place}`;
  return isRoute(place, tail === '/') ? { whole: marked, part: null } : { whole: page, part: marked };
}
