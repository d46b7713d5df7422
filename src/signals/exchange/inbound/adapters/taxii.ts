import { Injectable } from '@nestjs/common';
import { isRecord } from '../../../../domain/json';
import { DomainError } from '../../../../domain/errors';
import { ClockSource } from '../../../../infra/clock-source';
import { CheckedConnector, type CheckedResponse } from '../../../../infra/egress/connector';
import { mapInTurns } from '../../../../infra/turn';
import { parseMicros } from '../../core/sequenced.query';
import { isToken } from '../normal';
import { parseEnvelope } from '../slices';
import { ask, below, textOf } from '../source-http';
import type { Checkpoint, SourceAccess, SourceAdapter, SourceCredential, SourcePage, SourceRecord } from '../source';
import { identitiesIn, readObject } from './stix-records';

const TAXII = 'application/taxii+json;version=2.1';
const TAXII_TYPE = /^application\/taxii\+json\b/i;
const LIMIT = 1_000;
const MOST_OBJECTS = 20_000;
/** Between two turns of everything else. */
const OBJECTS_AT_ONCE = 50;
const MOST_NEXT = 2_000;
/** Names of contributors kept while one fetch goes on. */
const MOST_NAMES = 5_000;

/**
 * `addedAfter`: with which this fetch began, and `next` the page that comes within it. `last`: the latest time of which every
 * object has been seen.
 */
interface Place {
  readonly addedAfter: string | null;
  readonly next: string | null;
  readonly last: string | null;
}

const NONE: Place = { addedAfter: null, next: null, last: null };

/** A collection of TAXII 2.1: indicators, and the opinions about them. */
@Injectable()
export class TaxiiAdapter implements SourceAdapter {
  readonly protocol = 'taxii';
  readonly needs = [['username', 'password'], ['token'], []] as const;

  constructor(
    private readonly connector: CheckedConnector,
    private readonly clock: ClockSource,
  ) {}

  async *pages(
    access: SourceAccess,
    checkpoint: Checkpoint | null,
    signal: AbortSignal,
  ): AsyncGenerator<SourcePage, void, undefined> {
    const names = new Map<string, string>();
    let place = placeOf(checkpoint);
    for (;;) {
      const answer = await this.page(access, place, signal);
      // Its `next` is good no more, which a server may say of one that is old (TAXII 2.1, 3.5): this fetch begins anew.
      if (answer === null) {
        place = { ...place, next: null };
        continue;
      }
      const { objects, more, next } = readEnvelope(await parseEnvelope(textOf(answer), 'objects', MOST_OBJECTS));
      for (const [id, name] of identitiesIn(objects)) if (names.size < MOST_NAMES) names.set(id, name);
      place = advanced(place, answer, { more, next, isEmpty: objects.length === 0 });
      const at = this.clock.now();
      const records = await mapInTurns(objects, OBJECTS_AT_ONCE, (object) => readObject(object, names, at));
      yield { records: ordered(records.filter((record) => record !== null)), checkpoint: { ...place }, more };
      if (!more) return;
    }
  }

  /** Null where the server refuses the `next` that it once gave. */
  private async page(access: SourceAccess, place: Place, signal: AbortSignal): Promise<CheckedResponse | null> {
    const url = objectsOf(access.address);
    url.searchParams.set('limit', `${LIMIT}`);
    if (place.addedAfter !== null) url.searchParams.set('added_after', place.addedAfter);
    if (place.next !== null) url.searchParams.set('next', place.next);
    const headers = { accept: TAXII, ...authorization(access.credential) };
    try {
      return await ask(this.connector, { url, expects: TAXII_TYPE, headers, signal });
    } catch (error) {
      const isStale = error instanceof DomainError && (error.details.status === 400 || error.details.status === 404);
      if (isStale && place.next !== null) return null;
      throw error;
    }
  }
}

const objectsOf = (address: string): URL =>
  /\/objects\/?$/.test(new URL(address).pathname) ? new URL(address) : below(address, 'objects/');

function authorization({ token, username, password }: SourceCredential): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const placeOf = (checkpoint: Checkpoint | null): Place =>
  checkpoint === null
    ? NONE
    : {
        addedAfter: textOrNull(checkpoint.addedAfter),
        next: textOrNull(checkpoint.next),
        last: textOrNull(checkpoint.last),
      };

interface Envelope {
  readonly objects: readonly unknown[];
  readonly more: boolean;
  readonly next: string | null;
}

/** TAXII 2.1, 3.7: all three may be absent. */
function readEnvelope(value: unknown): Envelope {
  const unreadable = (reason: string): DomainError => new DomainError('exchange.source-unreadable', { reason });
  if (!isRecord(value)) throw unreadable('envelope');
  const { objects = [], more = false, next } = value;
  if (!Array.isArray(objects) || typeof more !== 'boolean') throw unreadable('envelope');
  if (next !== undefined && !isToken(next, MOST_NEXT)) throw unreadable('next');
  return { objects, more, next: next ?? null };
}

/** Where the page after this one begins. @throws DomainError `exchange.source-rewound`, `exchange.source-unreadable` */
function advanced(
  place: Place,
  answer: CheckedResponse,
  { more, next, isEmpty }: { more: boolean; next: string | null; isEmpty: boolean },
): Place {
  const header = answer.headers['x-taxii-date-added-last'] ?? null;
  const reached = header === null ? null : parseMicros(header);
  if (header !== null && reached === null) throw new DomainError('exchange.source-unreadable', { reason: 'date' });
  const begun = place.addedAfter === null ? null : parseMicros(place.addedAfter);
  if (!isEmpty && reached !== null && begun !== null && reached < begun) {
    throw new DomainError('exchange.source-rewound');
  }
  const last = isEmpty || header === null ? place.last : header;
  // Without a time from the server the whole collection is read each time: slower, and nothing is missed.
  if (!more) return { addedAfter: last ?? place.addedAfter, next: null, last };
  if (next !== null) return { ...place, next, last };
  // No `next`: the page after it is asked for by the time of its last object (3.4, paging by added_after).
  if (last === null || last === place.addedAfter) throw new DomainError('exchange.source-repeats');
  return { addedAfter: last, next: null, last };
}

/** Opinions after what they are about, whatever their order on the page. */
const ordered = (records: readonly SourceRecord[]): SourceRecord[] => [
  ...records.filter(({ kind }) => kind !== 'statement'),
  ...records.filter(({ kind }) => kind === 'statement'),
];
