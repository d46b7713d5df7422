import { Injectable } from '@nestjs/common';
import { isWritable } from '../../store/list-access';
import { Retraction } from '../../store/retraction.service';
import { shadowsOf, unnamed, writeRecords, type RecordRow } from './records.query';
import { relayDisputes, takeTurns } from './relayed-disputes';
import { SourcePlacing } from './placing.service';
import type { GoneRecord } from './source';
import type { SourceRow } from './source-row';
import type { Turn } from './turn';

export interface Ended {
  /** Contributions. */
  readonly retracted: number;
  readonly signalIds: readonly string[];
  /** Signals of which a dispute that had been handed on ended. */
  readonly undisputed: readonly string[];
}

export const NOTHING_ENDED: Ended = { retracted: 0, signalIds: [], undisputed: [] };

/** Ends what a source took back: what it brought, and nothing else. */
@Injectable()
export class SourceEnding {
  constructor(
    private readonly retraction: Retraction,
    private readonly placing: SourcePlacing,
  ) {}

  /** `before`: how the records of this page were kept until now. */
  async end(
    turn: Turn,
    gone: readonly GoneRecord[],
    before: readonly Pick<RecordRow, 'remoteId' | 'signalId'>[],
  ): Promise<Ended> {
    const erasedIds = new Set(gone.filter(({ erased }) => erased).map(({ remoteId }) => remoteId));
    const named = before.flatMap(({ remoteId, signalId }) => (signalId ? [{ remoteId, signalId }] : []));
    const ids = named.map(({ signalId }) => signalId);
    const dropped = new Set(await unnamed(turn.tx, turn.source.id, ids));
    const erased = named.filter(({ remoteId, signalId }) => erasedIds.has(remoteId) && dropped.has(signalId));
    const erasing = await this.erase(turn, [...new Set(erased.map(({ signalId }) => signalId))]);
    const dropping = await this.drop(turn, [...dropped]);
    return {
      retracted: erasing.retracted + dropping.retracted,
      signalIds: [...erasing.signalIds, ...dropping.signalIds],
      undisputed: dropping.undisputed,
    };
  }

  /** Of all that the source brought, at most so many signals. */
  async takeBack(turn: Turn, most: number): Promise<Ended> {
    await takeTurns(turn);
    const rows = await turn.tx.query<{ id: string }[]>(
      'select distinct signal_id as id from signal_contribution where source_id = $1 and withdrawn_at is null order by 1 limit $2',
      [turn.source.id, most],
    );
    return this.drop(turn, rows.map(({ id }) => id)); // prettier-ignore
  }

  /** Reaches also what has ended: what was said of it goes with it. */
  private async erase({ tx, actor, source, at }: Turn, signalIds: readonly string[]): Promise<Ended> {
    if (signalIds.length === 0) return NOTHING_ENDED;
    const rows = await tx.query<{ id: string }[]>(
      `select id from signal_contribution where source_id = $1 and signal_id = any ($2::uuid[]) and state <> 'erased' order by id`,
      [source.id, signalIds],
    );
    const which = { contributionIds: rows.map(({ id }) => id) };
    const ended = await this.retraction.retract(tx, actor, which, 'erased', at);
    return { ...NOTHING_ENDED, retracted: ended.contributions, signalIds: ended.signalIds };
  }

  private async drop(turn: Turn, signalIds: readonly string[]): Promise<Ended> {
    if (signalIds.length === 0) return NOTHING_ENDED;
    const { tx, actor, source, at } = turn;
    const { undisputed } = await relayDisputes(turn, signalIds);
    const which = { sourceId: source.id, signalIds };
    const ended = await this.retraction.retract(tx, actor, which, 'source_withdrew', at);
    const inherited = await this.inherit(turn, signalIds);
    return { retracted: ended.contributions, signalIds: [...ended.signalIds, ...inherited], undisputed };
  }

  /** Another source of the same subscriber may say that they stand: then they stand by that one from now on. */
  private async inherit(turn: Turn, signalIds: readonly string[]): Promise<string[]> {
    // A list that was closed, or left, takes nothing more: there the hash ends.
    if (!(await isWritable(turn.tx, turn.source.list_id))) return [];
    const waiting = await shadowsOf(turn.tx, turn.source.list_id, signalIds);
    for (const [sourceId, heirs] of Map.groupBy(waiting, (one) => one.sourceId)) {
      const [source] = await turn.tx.query<SourceRow[]>('select * from exchange_source where id = $1', [sourceId]);
      if (!source) continue;
      const { rows } = await this.placing.contribute({ ...turn, source }, heirs);
      await writeRecords(turn.tx, turn.actor, sourceId, rows);
    }
    return waiting.flatMap(({ signalId }) => signalId ?? []);
  }
}
