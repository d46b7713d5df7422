import { Injectable } from '@nestjs/common';
import { isRecord } from '../../../../domain/json';
import { DomainError } from '../../../../domain/errors';
import { CheckedConnector, type CheckedResponse } from '../../../../infra/egress/connector';
import { mapInTurns } from '../../../../infra/turn';
import { asFrames, asHash, asIncident, asLabels, asReason, asSeverity, asTlp, asType, isRemoteId, isToken, plain, refuse, type Members } from '../normal'; // prettier-ignore
import { parseLines } from '../slices';
import { ask, below, textOf } from '../source-http';
import type { Checkpoint, SourceAccess, SourceAdapter, SourcePage, SourceRecord, SourceStatement } from '../source';

/** One transaction of ours: some three seconds, and well under the size of an answer that is read. */
const LIMIT = 5_000;
/** More is not a page that was asked for. */
const MOST_LINES = 20_000;
const MOST_CURSOR = 500;
/** Between two turns of everything else; a film of hours takes some milliseconds by itself. */
const LINES_AT_ONCE = 50;

/** The feed of another Clepsydra: JSON lines, gzip, a cursor, tombstones. */
@Injectable()
export class ClepsydraAdapter implements SourceAdapter {
  readonly protocol = 'clepsydra';
  readonly needs = [['token']] as const;

  constructor(private readonly connector: CheckedConnector) {}

  async *pages(
    access: SourceAccess,
    checkpoint: Checkpoint | null,
    signal: AbortSignal,
  ): AsyncGenerator<SourcePage, void, undefined> {
    let cursor = typeof checkpoint?.cursor === 'string' ? checkpoint.cursor : null;
    let withFrames = true;
    for (;;) {
      const answer = await this.page(access, cursor, withFrames, signal).catch((error: unknown) => {
        if (!withFrames || !isRefusedQuestion(error)) throw error;
        // A service of an earlier version does not know the word, and refuses what it does not know.
        withFrames = false;
        return this.page(access, cursor, withFrames, signal);
      });
      const page = await readFeed(textOf(answer));
      yield { records: page.records, checkpoint: { cursor: page.through }, more: page.more };
      if (!page.more) return;
      cursor = page.through;
    }
  }

  private page(
    access: SourceAccess,
    cursor: string | null,
    withFrames: boolean,
    signal: AbortSignal,
  ): Promise<CheckedResponse> {
    const url = feedOf(access.address);
    url.searchParams.set('limit', `${LIMIT}`);
    if (cursor !== null) url.searchParams.set('cursor', cursor);
    if (withFrames) url.searchParams.set('frames', 'true');
    return ask(this.connector, {
      url,
      expects: /^application\/x-ndjson\b/i,
      headers: { authorization: `Bearer ${access.credential.token ?? ''}`, accept: 'application/x-ndjson' },
      signal,
    });
  }
}

const isRefusedQuestion = (error: unknown): boolean => error instanceof DomainError && error.details.status === 400;

/** The address is that of the service, or of one of its feeds with the lists that are wanted. */
const feedOf = (address: string): URL =>
  /\/feed\/?$/.test(new URL(address).pathname) ? new URL(address) : below(address, 'exchange/feed');

interface Feed {
  readonly records: readonly SourceRecord[];
  readonly through: string;
  readonly more: boolean;
}

/** Lines of one answer. @throws DomainError `exchange.source-cut` when its last line is not there */
export async function readFeed(text: string): Promise<Feed> {
  const lines = await parseLines(text, MOST_LINES);
  if (!lines) throw new DomainError('exchange.source-unreadable', { reason: 'too-many-lines' });
  const { values, end } = lines;
  if (!isRecord(end) || !isToken(end.through, MOST_CURSOR) || typeof end.more !== 'boolean') {
    throw new DomainError('exchange.source-cut');
  }
  return {
    records: await mapInTurns(values, LINES_AT_ONCE, (value, index) => readLine(value, index + 1)),
    through: end.through,
    more: end.more,
  };
}

const STANDING_STATES: readonly unknown[] = ['provisional', 'active', 'disputed'];

function readLine(line: unknown, number: number): SourceRecord {
  if (!isRecord(line) || !isRemoteId(line.signalId)) {
    return refuse(`line ${number}`, 'record.unreadable', 'not an object with a signalId, or too long');
  }
  const remoteId = line.signalId;
  if (line.state === 'withdrawn' || line.state === 'erased') {
    return { kind: 'gone', remoteId, erased: line.state === 'erased' };
  }
  if (!STANDING_STATES.includes(line.state)) return refuse(remoteId, 'record.unreadable', 'an unknown state');
  const type = asType(line.type);
  if (!type) return refuse(remoteId, 'record.type-unknown', `the type ${plain(line.type, 40)} is not known here`);
  const hash = asHash(type, line.value, line.quality);
  if (typeof hash === 'string') return refuse(remoteId, 'record.hash-invalid', hash);
  const frames = type === 'vpdq' && line.frames !== undefined ? asFrames(line.frames) : null;
  if (typeof frames === 'string') return refuse(remoteId, 'record.hash-invalid', frames);
  const [severity, incident, tlp] = [asSeverity(line.severity), asIncident(line.incident), asTlp(line.tlp)];
  const disputed = line.state === 'disputed';
  return {
    kind: 'stands',
    remoteId,
    hashes: [frames ? { ...hash, frames } : hash],
    labels: asLabels(line.labels),
    ...(severity ? { severity } : {}),
    ...(incident ? { incident } : {}),
    ...(tlp ? { tlp } : {}),
    reviewed: line.reviewed === true,
    disputed,
    statements: disputed ? statementsOf(line) : [],
    provenance: provenanceOf(line, remoteId),
  };
}

/** A dispute that the service there opened by itself has no opinion behind it. */
const statementsOf = ({ opinions }: Members): SourceStatement[] =>
  (Array.isArray(opinions) ? opinions : [])
    .slice(0, 50)
    .filter(isRecord)
    .filter(({ opinion }) => opinion === 'dispute')
    .map(({ organisationName, reason }) => ({ by: plain(organisationName, 100), reason: asReason(reason) }));

function provenanceOf(line: Members, remoteId: string): SourcePage['checkpoint'] {
  const standing: readonly unknown[] = Array.isArray(line.standing) ? line.standing : [];
  const confirms = typeof line.confirms === 'number' && Number.isSafeInteger(line.confirms) ? line.confirms : 0;
  return {
    id: remoteId,
    contributors: standing.slice(0, 50).map((id) => plain(id, 100)),
    state: plain(line.state, 20),
    confirms,
    changedAt: plain(line.at, 40),
  };
}
