import { DomainError } from '../../../domain/errors';
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

const fault = (name: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer: `/${name}`, detail }]);

/** @throws DomainError `request.invalid` with the parameter that cannot be read */
export function readTaxiiQuery(query: Readonly<Record<string, unknown>>): TaxiiQuery {
  const text = (name: string): string | null => {
    const value = query[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const list = (name: string): string[] | null => {
    const values = text(name)?.split(',') ?? null;
    // Of no value among them nothing would ever be served.
    if (values?.includes('')) throw fault(name, 'values separated by commas');
    return values;
  };
  const after = text('added_after');
  const addedAfter = after === null ? null : parseMicros(after);
  if (after !== null && addedAfter === null) throw fault('added_after', 'an RFC 3339 timestamp');
  const limitText = text('limit');
  const limit = limitText === null ? DEFAULT_LIMIT : /^\d{1,9}$/.test(limitText) ? Number(limitText) : 0;
  if (limit < 1) throw fault('limit', `a whole number from 1 to ${LARGEST_LIMIT}`);
  const ids = list('match[id]');
  if (ids && ids.length > MOST_IDS) throw fault('match[id]', `at most ${MOST_IDS} ids`);
  return {
    addedAfter,
    limit: Math.min(limit, LARGEST_LIMIT),
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
