import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../../domain/errors';
import { isRecord } from '../../../../domain/json';
import { CheckedConnector } from '../../../../infra/egress/connector';
import { ideologyOfTat, typeOfAlgorithm } from '../../tat/tat-records';
import { asHash, isToken, plain, refuse, spoken } from '../normal';
import { parseEnvelope } from '../slices';
import { ask, below, jsonOf, textOf } from '../source-http';
import type { Checkpoint, SourceAccess, SourceAdapter, SourcePage, SourceRecord } from '../source';

const JSON_TYPE = /^application\/json\b/i;
/** The public documentation's default; it names no highest value. */
const LIMIT = 1_000;
const MOST_ENTRIES = 20_000;
const MOST_TEXT = 500;

/** `after`: the checkpoint with which this fetch began; `next`: the page that comes, within it. */
interface Place {
  readonly after: string;
  readonly next: string | null;
}

/** The hash list v2 of Tech Against Terrorism. Logs in before every page, as its deployed client does. */
@Injectable()
export class TatAdapter implements SourceAdapter {
  readonly protocol = 'tat';
  readonly needs = [['username', 'password']] as const;

  constructor(private readonly connector: CheckedConnector) {}

  async *pages(
    access: SourceAccess,
    checkpoint: Checkpoint | null,
    signal: AbortSignal,
  ): AsyncGenerator<SourcePage, void, undefined> {
    let place: Place = {
      after: typeof checkpoint?.after === 'string' ? checkpoint.after : '',
      next: typeof checkpoint?.next === 'string' ? checkpoint.next : null,
    };
    for (;;) {
      const token = await this.login(access, signal);
      const url = below(access.address, 'api/hash-list/v2/all');
      url.search = queryOf(place);
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      const answer = await ask(this.connector, { url, expects: JSON_TYPE, headers, signal });
      const page = readList(await parseEnvelope(textOf(answer), 'results', MOST_ENTRIES), place.after);
      // Within a fetch the checkpoint stays that of its beginning: one that breaks off is begun anew and misses nothing.
      place = page.next === null ? { after: page.reached, next: null } : { ...place, next: page.next };
      yield { records: page.records, checkpoint: { ...place }, more: page.next !== null };
      if (page.next === null) return;
    }
  }

  private async login({ address, credential }: SourceAccess, signal: AbortSignal): Promise<string> {
    const { username = '', password = '' } = credential;
    const answer = await ask(this.connector, {
      url: below(address, 'token-auth/tcap/'),
      expects: JSON_TYPE,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ username, password, resend: 'False' }).toString(),
      signal,
    });
    const session = jsonOf(answer);
    if (!isRecord(session) || typeof session.token !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(session.token)) {
      throw new DomainError('exchange.source-unreadable', { reason: 'no-token' });
    }
    return session.token;
  }
}

/** `next` is a query string, or a whole address of which only the query counts: we go on asking where we began. */
function queryOf({ after, next }: Place): string {
  const query = new URLSearchParams(next === null ? { limit: `${LIMIT}` } : next.slice(next.indexOf('?') + 1));
  query.set('order', 'asc');
  query.set('after', after);
  return query.toString();
}

interface List {
  readonly records: readonly SourceRecord[];
  readonly next: string | null;
  readonly reached: string;
}

const CHECKPOINT = /^(\d{1,11}(?:\.\d{1,9})?)(?:,-?\d{1,20})?$/;
const timeOf = (checkpoint: string): number => Number(CHECKPOINT.exec(checkpoint)?.[1] ?? Number.NaN);

/** One page. @throws DomainError `exchange.source-unreadable`, `exchange.source-rewound` when its checkpoint went back */
export function readList(value: unknown, after: string): List {
  const unreadable = (reason: string): DomainError => new DomainError('exchange.source-unreadable', { reason });
  if (!isRecord(value) || !Array.isArray(value.results)) throw unreadable('no-results');
  const { results, next, checkpoint } = value;
  if (results.length > MOST_ENTRIES) throw unreadable('too-many-entries');
  if (next !== null && !isToken(next, MOST_TEXT)) throw unreadable('next');
  const reached = typeof checkpoint === 'string' ? checkpoint : '';
  if (reached !== '' && !CHECKPOINT.test(reached)) throw unreadable('checkpoint');
  if (reached === '' && next === null && results.length > 0) throw unreadable('checkpoint');
  if (after !== '' && reached !== '' && timeOf(reached) < timeOf(after)) {
    throw new DomainError('exchange.source-rewound');
  }
  return { records: results.map(readEntry), next, reached: reached || after };
}

function readEntry(entry: unknown, index: number): SourceRecord {
  if (!isRecord(entry) || typeof entry.algorithm !== 'string') {
    return refuse(`entry ${index + 1}`, 'record.unreadable', 'not an entry of the list');
  }
  const name = spoken(entry.id).slice(0, 60) || `entry ${index + 1}`;
  const type = typeOfAlgorithm(entry.algorithm);
  if (!type) return refuse(name, 'record.type-unknown', `${plain(entry.algorithm, 40)} is not known here`);
  const hash = asHash(type, entry.hash_digest);
  if (typeof hash === 'string') return refuse(name, 'record.hash-invalid', hash);
  // Not by its number: a deletion means the hash, under whatever number it was given.
  const remoteId = `${hash.type}:${hash.value}`;
  if (entry.deleted === true) return { kind: 'gone', remoteId, erased: false };
  if (entry.deleted !== false) return refuse(name, 'record.unreadable', 'deleted is neither true nor false');
  const ideology = typeof entry.ideology === 'string' ? ideologyOfTat(entry.ideology) : undefined;
  return {
    kind: 'stands',
    remoteId,
    hashes: [hash],
    labels: ideology ? { ideology } : {},
    // The list is of content that its analysts have verified: that is what it is for.
    reviewed: true,
    disputed: false,
    statements: [],
    provenance: {
      id: name,
      fileType: plain(entry.file_type, 20),
      createdOn: spoken(entry.created_on).slice(0, 40),
      updatedOn: spoken(entry.updated_on).slice(0, 40),
    },
  };
}
