import { Injectable } from '@nestjs/common';
import type { Tlp } from '../../../domain/vocabulary';
import { append } from '../../../ledger/append';
import { recordChange } from '../../changes';
import type { ContributionResult } from '../../store/outcomes';
import { NOTHING_ENDED, SourceEnding, type Ended } from './ending.service';
import { refuse } from './normal';
import { SourcePlacing, type Placed, type Refusal } from './placing.service';
import {
  deleteRecords,
  recordsNaming,
  recordsOf,
  waitingForQuota,
  writeRecords,
  type RecordRow,
} from './records.query';
import { relayDisputes, takeTurns, type Relayed } from './relayed-disputes';
import { partsOf, sortPage } from './sorting';
import type { SourceRecord } from './source';
import { writeStatements } from './statements';
import type { Turn } from './turn';

/** What came of some records. */
export interface Taken {
  readonly taken: number;
  readonly quarantined: number;
  readonly retracted: number;
  readonly restated: number;
  /** Wait for the quota of another day. */
  readonly waiting: number;
  readonly refusals: readonly Refusal[];
  /** For `Contributions.told` after the commit. */
  readonly signalIds: readonly string[];
  readonly isChange: boolean;
}

interface Done extends Placed, Relayed {
  readonly ended: Ended;
}

/** Takes what a source says into the shared database. Part of the caller's transaction. */
@Injectable()
export class SourceTaking {
  constructor(
    private readonly placing: SourcePlacing,
    private readonly ending: SourceEnding,
  ) {}

  /** One page; the last word on each record counts. */
  async take(turn: Turn, records: readonly SourceRecord[], listTlp: Tlp): Promise<Taken> {
    const { tx, actor, source } = turn;
    await takeTurns(turn);
    const page = sortPage(records, listTlp);
    const ids = [...page.standing, ...page.gone].map(({ remoteId }) => remoteId);
    const before = await recordsOf(tx, source.id, ids);
    const placed = await this.placing.place(turn, partsOf(page.standing));
    // A record that names another hash now speaks for the one before no more.
    const kept = new Map(placed.rows.map(({ remoteId, part, signalId }) => [`${part} ${remoteId}`, signalId]));
    const stale = before.filter(({ remoteId, part, signalId }) => kept.get(`${part} ${remoteId}`) !== signalId);
    await deleteRecords(tx, source.id, stale);
    await writeRecords(tx, actor, source.id, placed.rows);
    const ended = await this.ending.end(turn, page.gone, stale);
    const stated = await writeStatements(tx, actor, source.id, page);
    const said = page.statements.flatMap(({ about }) => about);
    const spoken = [...page.standing.map(({ remoteId }) => remoteId), ...said, ...stated.touched];
    // Also what a record no longer names: another record may name it still, and say less against it.
    const about = signalsOf([...stale, ...(await recordsOf(tx, source.id, spoken))]);
    const relayed = await relayDisputes(turn, about);
    return tell(turn, {
      ...placed,
      refusals: [
        ...page.refused,
        ...placed.refusals,
        ...stated.notKept.map(aheadOf),
        ...(await leftOf(turn, relayed.left)),
      ],
      ended,
      ...relayed,
      undisputed: [...relayed.undisputed, ...ended.undisputed],
    });
  }

  /** The first of those that wait for the quota, at most `most`. */
  async takeWaiting(turn: Turn, most: number): Promise<Taken> {
    const { tx, actor, source } = turn;
    await takeTurns(turn);
    const waiting = await waitingForQuota(tx, source.id, most);
    const placed = await this.placing.contribute(turn, waiting);
    await deleteRecords(tx, source.id, waiting);
    await writeRecords(tx, actor, source.id, placed.rows);
    const relayed = await relayDisputes(turn, signalsOf(placed.rows));
    const refusals = [...placed.refusals, ...(await leftOf(turn, relayed.left))];
    return tell(turn, { ...placed, refusals, ended: NOTHING_ENDED, ...relayed });
  }
}

const signalsOf = (rows: readonly Pick<RecordRow, 'signalId'>[]): string[] =>
  rows.flatMap(({ signalId }) => signalId ?? []);

const aheadOf = (statement: string): Refusal =>
  refuse(
    statement,
    'record.too-many',
    'it speaks of records that are not here, and too many such statements are kept already',
  );

/** What the source disputes and nobody hears of here, by the records that say so: their hashes stand, and the subscriber has to know. */
async function leftOf({ tx, source }: Turn, signalIds: readonly string[]): Promise<Refusal[]> {
  const detail = 'the hash stands; its dispute was not handed on, because the disputes of this hour or day are spent';
  const records = await recordsNaming(tx, source.id, signalIds);
  return records.map((record) => ({ ...refuse(record, 'record.unreadable', detail), code: 'signal.quota-spent' }));
}

const countOf = (results: readonly ContributionResult[], outcome: ContributionResult['outcome']): number =>
  results.filter((result) => result.outcome === outcome).length;

/** Says in the ledger what came of it, if anything did. */
async function tell({ tx, actor, source, at }: Turn, done: Done): Promise<Taken> {
  const { results, refusals, restated, ended, disputed, undisputed, left } = done;
  const counts = {
    taken: countOf(results, 'contributed'),
    quarantined: countOf(results, 'quarantined'),
    retracted: ended.retracted,
    restated: restated.length,
  };
  const said = { ...counts, disputed: disputed.length, undisputed: undisputed.length };
  const isChange = Object.values(said).some((count) => count > 0);
  if (isChange) {
    const entry = await append(tx, {
      kind: 'exchange.synced',
      actor,
      at,
      subjects: { exchangeSource: source.id },
      dims: { protocol: source.protocol, ...said, notRelayed: left.length, refused: refusals.length },
      audience: [actor.organisationId],
    });
    await recordChange(tx, entry.id, restated, [source.list_id]);
  }
  const touched = results.flatMap(({ signalId, outcome }) => (signalId && outcome !== 'already' ? [signalId] : []));
  const signalIds = [...new Set([...touched, ...restated, ...ended.signalIds, ...disputed, ...undisputed])];
  const waiting = done.rows.filter(({ waits }) => waits === 'quota').length;
  return { ...counts, waiting, refusals, signalIds, isChange };
}
