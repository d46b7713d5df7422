/**
 * Addresses that mean more than one content item. Whole sites have been ordered down by mistake, so a home page, a
 * search page or a collection root waits for a typed reason and a second person. These are heuristics and lean
 * towards asking: a needless second look costs a minute, a missed one a site.
 */
export type Breadth = 'home' | 'search' | 'collection';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const HOME_PAGES = words('index.html index.htm index.php index.asp index.aspx default.aspx home start accueil');
const SEARCH_PAGES = words('search suche recherche buscar busca cerca zoeken find results search.php search_results');
const SEARCH_PARAMETERS = words('q query search search_query keyword keywords s');
/** Roots under which a platform lists everything it has, or everyone. */
const COLLECTION_ROOTS = words(
  'all archive archives blog blogs boards categories category channels collections communities explore feed files ' +
    'forum forums galleries gallery groups images latest list live media members music news new photos pictures ' +
    'playlists popular posts profiles recent shorts sitemap.xml stories tags threads topics trending users videos watch',
);
/** One step under these is still a list: everything with a tag, everything in a category. */
const LISTS_BY_NAME = words('category hashtag label tag tags topic topics');
/** Parameters that say how a visitor came, not what is shown. */
const TRACKING = /^(utm_[a-z]+|fbclid|gclid|ref|ref_src|source|lang|hl)$/i;
const LANGUAGE_SEGMENT = /^[a-z]{2}(-[a-z]{2})?$/i;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** How broad an address is, or null for one item. Takes the `identity` of a URL; accounts and channels never are. */
export function breadthOf(identity: string): Breadth | null {
  const tail = /^https?:\/\/[^/?#]*(.*)$/s.exec(identity)?.[1];
  if (tail === undefined) return null;
  const [beforeHash = '', fragment = ''] = tail.split(/#(.*)/s);
  const [path = '', query = ''] = beforeHash.split(/\?(.*)/s);
  // Single-page sites keep their route in the fragment: `#/post/1` and `#!post/1` are pages, `#top` is a place on one.
  const [route = '', routeQuery = ''] = /^!?\//.test(fragment) ? fragment.replace(/^!?\//, '').split(/\?(.*)/s) : [];
  const segments = `${path}/${route}`
    .split('/')
    .filter((segment) => segment !== '')
    .map((s) => decoded(s).toLowerCase());
  const parameters = `${query}&${routeQuery}`
    .split('&')
    .map((pair) => decoded(pair.split('=')[0] ?? '').toLowerCase())
    .filter((name) => name !== '' && !TRACKING.test(name));
  return breadthOfPage(segments, parameters, fragment.startsWith('!') && route === '');
}

function breadthOfPage(all: readonly string[], parameters: readonly string[], isOldRoute: boolean): Breadth | null {
  if (all.some((segment) => segment.includes('*'))) return 'collection';
  const segments = LANGUAGE_SEGMENT.test(all[0] ?? '') ? all.slice(1) : all;
  const [first = '', second] = segments;
  const last = segments.at(-1) ?? '';
  const atRoot = segments.length === 0 || (segments.length === 1 && HOME_PAGES.has(first));
  if (SEARCH_PAGES.has(last) || SEARCH_PAGES.has(first)) return 'search';
  if (atRoot && parameters.some((name) => SEARCH_PARAMETERS.has(name))) return 'search';
  if (atRoot) return parameters.length === 0 && !isOldRoute ? 'home' : null;
  if (segments.length === 1 && COLLECTION_ROOTS.has(first) && parameters.length === 0) return 'collection';
  const isNamedList = LISTS_BY_NAME.has(first) && segments.length <= 2;
  const isExploredTag = first === 'explore' && second !== undefined && LISTS_BY_NAME.has(second);
  return (isNamedList || isExploredTag) && parameters.length === 0 ? 'collection' : null;
}
