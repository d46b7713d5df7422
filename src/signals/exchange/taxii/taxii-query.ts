import { badMember, limitOf, textOf, type Sent } from '../core/sent';
import { parseMicros } from '../core/sequenced.query';
import { versionOf, type StixObject } from './stix';

/** The filters of TAXII 2.1, 3.4: values separated by commas are alternatives. */
export interface TaxiiQuery {
  /** Microseconds since 1970. */
  readonly addedAfter: number | null;
  readonly limit: number;
  readonly next: string | null;
  readonly ids: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly versions: readonly string[] | null;
  readonly specVersions: readonly string[] | null;
}

const DEFAULT_LIMIT = 1_000;
const LARGEST_LIMIT = 5_000;
const MOST_IDS = 100;

/** @throws DomainError `request.invalid` with the parameter that cannot be read */
export function readTaxiiQuery(query: Sent): TaxiiQuery {
  const text = (name: string): string | null => textOf(query, name) || null;
  const list = (name: string): string[] | null => {
    const values = text(name)?.split(',') ?? null;
    // Of no value among them nothing would ever be served.
    if (values?.includes('')) throw badMember(name, 'values separated by commas');
    return values;
  };
  const after = text('added_after');
  const addedAfter = after === null ? null : parseMicros(after);
  if (after !== null && addedAfter === null) throw badMember('added_after', 'an RFC 3339 timestamp');
  const ids = list('match[id]');
  if (ids && ids.length > MOST_IDS) throw badMember('match[id]', `at most ${MOST_IDS} ids`);
  return {
    addedAfter,
    limit: limitOf(query, DEFAULT_LIMIT, LARGEST_LIMIT),
    next: text('next'),
    ids,
    types: list('match[type]'),
    versions: list('match[version]'),
    specVersions: list('match[spec_version]'),
  };
}

/** Only the newest version of an object is kept, so it is the first, the last and all of them. */
export function isMatch(object: StixObject, query: TaxiiQuery): boolean {
  const version = parseMicros(versionOf(object));
  return (
    (query.ids?.includes(object.id) ?? true) &&
    (query.types?.includes(object.type) ?? true) &&
    (query.specVersions?.includes(object.spec_version) ?? true) &&
    (query.versions?.some((each) => ['first', 'last', 'all'].includes(each) || parseMicros(each) === version) ?? true)
  );
}
