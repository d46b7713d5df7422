import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { Tx } from '../../../infra/database/work';
import { changesAfter, type Following } from '../core/changes.query';
import { ExchangeChanges } from '../core/changes.service';
import { linesOf } from '../core/lines.query';
import { LAST_KEY, formatPosition, parsePosition, selectionOf, through, type Position } from '../core/position';
import { instantText, placeAt } from '../core/sequenced.query';
import type { Bearer } from '../credentials/credential';
import { SERVICE, identityOf, isOfSignal, markingOf, type StixObject } from './stix';
import { listsNamed, opinersOn, saidOf, signalsOfObjects, type CollectionList, type Said } from './stix.query';
import { isMatch, type TaxiiQuery } from './taxii-query';

/** An object in its collection. `addedMicros`: when this version was sequenced. */
export interface Added {
  readonly object: StixObject;
  readonly addedMicros: number;
}

export interface CollectionPage {
  readonly items: readonly Added[];
  readonly more: boolean;
  readonly next: string | null;
  /** For the headers; null on an empty page. */
  readonly first: string | null;
  readonly last: string | null;
}

/** Signals that do not match a filter are read and left out; so many turns of it one request takes. */
const MOST_TURNS = 20;
const UUID = /--([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

interface Gathering {
  readonly items: Added[];
  readonly ids: Set<string>;
}

/** Lists as collections of STIX objects, in the order in which they were sequenced. */
@Injectable()
export class StixCollections {
  constructor(private readonly changes: ExchangeChanges) {}

  async all(bearer: Bearer): Promise<CollectionList[]> {
    const following = await this.changes.following(bearer, null);
    return this.changes.read(following, (tx) => listsNamed(tx, following.lists));
  }

  /** By its id or its alias. What this program is not served is not there. */
  async one(bearer: Bearer, idOrAlias: string): Promise<CollectionList> {
    const lists = await this.all(bearer);
    const list = lists.find(({ id }) => id === idOrAlias.toLowerCase()) ?? onlyAlias(lists, idOrAlias);
    if (!list) throw new DomainError('request.not-found');
    return list;
  }

  async objects(bearer: Bearer, list: CollectionList, query: TaxiiQuery): Promise<CollectionPage> {
    const { organisationId } = bearer.actor;
    if (query.ids) return this.named(organisationId, list, query, query.ids);
    const following: Following = { subscriberId: bearer.id, organisationId, lists: [list.id], chosen: [list.id] };
    const selection = selectionOf(bearer.id, list.id, `${query.addedAfter}`);
    const from = await this.start(following, query, selection);
    return this.changes.read(following, (tx) => walk(tx, following, list, query, from, selection));
  }

  private async start(following: Following, query: TaxiiQuery, selection: string): Promise<Start> {
    if (query.next !== null) {
      const [token = '', skip = '0'] = query.next.split('.');
      return { position: parsePosition(token, selection, 'next'), skip: Math.max(0, Number.parseInt(skip, 10) || 0) };
    }
    const { addedAfter } = query;
    if (addedAfter === null) return { position: through(-1), skip: 0 };
    return { position: through(await this.changes.read(following, (tx) => placeAt(tx, addedAfter))), skip: 0 };
  }

  private async named(
    organisationId: string,
    list: CollectionList,
    query: TaxiiQuery,
    ids: readonly string[],
  ): Promise<CollectionPage> {
    const uuids = ids.flatMap((id) => UUID.exec(id)?.[1] ?? []);
    const found = await this.changes.read({ organisationId }, async (tx) => {
      const lines = await linesOf(tx, await signalsOfObjects(tx, uuids), [list.id]);
      const said = await saidOf(tx, lines, list);
      return [...(await standingObjects(tx, list)), ...said.flatMap(addedOf)];
    });
    const unique = new Map(found.map((added) => [added.object.id, added]));
    const items = [...unique.values()]
      .filter(({ object, addedMicros }) => isMatch(object, query) && addedMicros > (query.addedAfter ?? -1))
      .toSorted((a, b) => a.addedMicros - b.addedMicros);
    return { ...bounds(items), items, more: false, next: null };
  }
}

const onlyAlias = (lists: readonly CollectionList[], alias: string): CollectionList | undefined => {
  const named = lists.filter(({ slug }) => slug === alias);
  return named.length === 1 ? named[0] : undefined;
};

/** A marking and identities belong to the collection from its beginning. */
async function standingObjects(tx: Tx, list: CollectionList): Promise<Added[]> {
  const addedMicros = list.createdAt.getTime() * 1000;
  const identities = [SERVICE, ...(await opinersOn(tx, list.id))].map(identityOf);
  return [markingOf(list.tlp), ...identities].map((object) => ({ object, addedMicros }));
}

const addedOf = ({ line, objects }: Said): Added[] =>
  objects.filter(isOfSignal).map((object) => ({ object, addedMicros: line.micros }));

interface Start {
  readonly position: Position;
  /** Objects of the first signal that the page before has given already. */
  readonly skip: number;
}

async function walk(
  tx: Tx,
  following: Following,
  list: CollectionList,
  query: TaxiiQuery,
  start: Start,
  selection: string,
): Promise<CollectionPage> {
  const gathered: Gathering = { items: [], ids: new Set() };
  let at = start.position;
  let { skip } = start;
  for (let turn = 0; ; turn++) {
    const page = await changesAfter(tx, following, at, query.limit);
    for (const said of await saidOf(tx, page.lines, list)) {
      const given = gather(gathered, said, query, skip);
      if (given !== null) {
        const next = `${formatPosition(at, selection)}${given > 0 ? `.${given}` : ''}`;
        return pageOf(gathered, next, said.line.seq, said.line.micros);
      }
      at = { phase: 'follow', seq: said.line.seq, key: said.line.id };
      skip = 0;
    }
    at = page.next;
    if (!page.more) return { items: gathered.items, ...bounds(gathered.items), more: false, next: null };
    // What costs much and finds nothing is not asked again within one request.
    if (gathered.items.length >= query.limit || turn >= MOST_TURNS || page.lines.length === 0) {
      const isInside = at.key !== LAST_KEY;
      const inside = isInside ? (page.lines.at(-1)?.micros ?? 0) : 0;
      return pageOf(gathered, formatPosition(at, selection), isInside ? at.seq : -1, inside);
    }
  }
}

/**
 * Adds what is said of one signal, if there is room for all of it; of the first on a page as much as there is. Otherwise the
 * number of its objects that have been given so far, which is where the next page goes on.
 */
function gather(gathered: Gathering, { line, objects }: Said, query: TaxiiQuery, skip: number): number | null {
  const wanted = objects.slice(skip).filter((object) => isMatch(object, query) && !gathered.ids.has(object.id));
  const room = query.limit - gathered.items.length;
  const isFirst = gathered.items.length === 0;
  if (wanted.length > room && !isFirst) return skip;
  const given = wanted.slice(0, room);
  for (const object of given) {
    gathered.ids.add(object.id);
    gathered.items.push({ object, addedMicros: line.micros });
  }
  if (given.length === wanted.length) return null;
  const last = given.at(-1);
  return last ? objects.indexOf(last) + 1 : skip;
}

/**
 * A page that ends inside an entry of the ledger (a batch of many hashes has one time) says in its header a time before that
 * entry: who goes on by `next` misses and repeats nothing, who comes back by the header repeats the entry and misses nothing.
 */
function pageOf({ items }: Gathering, next: string, splitSeq: number, splitMicros: number): CollectionPage {
  const { first, last } = bounds(items);
  const isSplit = splitSeq >= 0 && items.at(-1)?.addedMicros === splitMicros;
  return { items, more: true, next, first, last: isSplit ? instantText(splitMicros - 1) : last };
}

function bounds(items: readonly Added[]): { first: string | null; last: string | null } {
  const [first, last] = [items[0], items.at(-1)];
  return { first: first ? instantText(first.addedMicros) : null, last: last ? instantText(last.addedMicros) : null };
}
