import { withoutDotSegments } from './dot-segments';

/**
 * Addresses that mean more than one content item. Whole sites have been ordered down by mistake, so a home page, a
 * search page or a collection root waits for a typed reason and a second person. These are heuristics and lean
 * towards asking: a needless second look costs a minute, a missed one a site.
 */
export type Breadth = 'home' | 'search' | 'collection';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const HOME_PAGES = words(
  'index index.html index.htm index.php index.asp index.aspx index.jsp index.shtml default.asp default.aspx home ' +
    'home.html start accueil',
);
const SEARCH_PAGES = words('search suche recherche buscar busca cerca zoeken find results search.php search_results');
const SEARCH_PARAMETERS = words('q query search search_query keyword keywords s');
/** Roots under which a platform lists everything it has, or everyone. */
const COLLECTION_ROOTS = words(
  'album albums all archive archives author authors blog blogs boards c categories category channel channels ' +
    'collections communities community explore feed files forum forums galleries gallery group groups image images ' +
    'latest list live media member members music new news people photo photos picture pictures playlist playlists ' +
    'popular post posts profile profiles recent shorts sitemap.xml stories story tags thread threads topic topics ' +
    'trending u user users video videos watch',
);
/** One step under these is still a list: everything with a tag, everything in a category. */
const LISTS_BY_NAME = words('category hashtag label tag tags topic topics');
/** Parameters that say how a visitor came, who it is, or how a list is sorted; not what is shown. */
const NOT_TELLING =
  /^(utm_[a-z]+|fbclid|gclid|ref|ref_src|source|lang|hl|j?session_?(id)?|phpsessid|aspsessionid\w*|sid|sort(_?by)?|order(_?by)?|dir|cursor|after|before)$/i;
/** Which part of a list is shown, if a number says it: `?page=about` is a page of its own. */
const PAGING = /^(paged?|pg|page_?(no|num|number|size)|offset|start|skip|limit|count|per_?page)$/i;
const LANGUAGE_SEGMENT = /^[a-z]{2}(-[a-z]{2})?$/i;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether `name=value` says what is shown. */
function isTelling(pair: string): boolean {
  const [name = '', value = ''] = pair.split(/=(.*)/s).map(decoded);
  if (!/[\p{L}\p{N}]/u.test(name) || NOT_TELLING.test(name)) return false;
  return !(PAGING.test(name) && /^\d*$/.test(value));
}

/** A segment without parameters of its own that tell nothing: `index.jsp;jsessionid=1`. */
const withoutParameters = (segment: string): string =>
  segment
    .split(';')
    .filter((part, i) => i === 0 || isTelling(part))
    .join(';');

/** The names on the way to the page, as the browser asks for it and as lenient servers read it (`%2F`, `//`). */
const segmentsOf = (path: string): string[] =>
  withoutDotSegments(`/${decoded(withoutDotSegments(`/${path}`))}`)
    .split(/[/\\]/)
    .map((segment) => withoutParameters(segment).trim().toLowerCase())
    .filter((segment) => segment !== '');

/** How broad an address is, or null for one item. Takes the `identity` of a URL; accounts and channels never are. */
export function breadthOf(identity: string): Breadth | null {
  const tail = /^https?:\/\/[^/?#]*(.*)$/s.exec(identity)?.[1];
  if (tail === undefined) return null;
  const [beforeHash = '', fragment = ''] = tail.split(/#(.*)/s);
  const [path = '', query = ''] = beforeHash.split(/\?(.*)/s);
  // Single-page sites keep their route in the fragment: `#/post/1` and `#!post/1` are pages, `#top` is a place on one.
  const [route = '', routeQuery = ''] = /^!?\//.test(fragment) ? fragment.replace(/^!?\//, '').split(/\?(.*)/s) : [];
  const parameters = `${query}&${routeQuery}`
    .split('&')
    .filter(isTelling)
    .map((pair) => decoded(pair.split('=')[0] ?? '').toLowerCase());
  const isOldRoute = /^![^/]/.test(fragment);
  return breadthOfPage([...segmentsOf(path), ...segmentsOf(route)], parameters, isOldRoute);
}

function breadthOfPage(all: readonly string[], parameters: readonly string[], isOldRoute: boolean): Breadth | null {
  if (all.some((segment) => segment.includes('*'))) return 'collection';
  const segments = LANGUAGE_SEGMENT.test(all[0] ?? '') ? all.slice(1) : all;
  const [first = '', second] = segments;
  const last = segments.at(-1) ?? '';
  const atRoot = segments.length === 0 || (segments.length === 1 && HOME_PAGES.has(first));
  if (SEARCH_PAGES.has(last) || SEARCH_PAGES.has(first)) return 'search';
  // One step below the root a lone `s` is as often the number of an item.
  const isAsked = parameters.some((name) => SEARCH_PARAMETERS.has(name) && (atRoot || name !== 's'));
  if (isAsked && segments.length <= 1) return 'search';
  if (atRoot) return parameters.length === 0 && !isOldRoute ? 'home' : null;
  if (segments.length === 1 && COLLECTION_ROOTS.has(first) && parameters.length === 0) return 'collection';
  const isNamedList = LISTS_BY_NAME.has(first) && segments.length <= 2;
  const isExploredTag = first === 'explore' && second !== undefined && LISTS_BY_NAME.has(second);
  return (isNamedList || isExploredTag) && parameters.length === 0 ? 'collection' : null;
}
