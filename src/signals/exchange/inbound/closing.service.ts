import { Injectable } from '@nestjs/common';
import { SourceEnding } from './ending.service';
import { addSync } from './job';
import type { Turn } from './turn';

/** Signals of one transaction. */
const PORTION = 5_000;

/** What is left to do of a source that was removed. */
@Injectable()
export class SourceClosing {
  constructor(private readonly ending: SourceEnding) {}

  /**
   * Takes back a portion of what it brought, if that was asked for, and asks for a job where more is left; forgets what the
   * source said once nothing is. @returns the signals touched
   */
  async close(turn: Turn): Promise<readonly string[]> {
    const { tx, source } = turn;
    const ended = source.takes_back ? await this.ending.takeBack(turn, PORTION) : null;
    const isLeft = ended !== null && ended.retracted >= PORTION;
    if (isLeft) await addSync(tx, source.organisation_id, source.id);
    else {
      await tx.query('delete from exchange_statement where source_id = $1', [source.id]);
      await tx.query('delete from exchange_record where source_id = $1', [source.id]);
    }
    await tx.query('update exchange_source set takes_back = $2, retracted = retracted + $3 where id = $1', [
      source.id,
      isLeft,
      ended?.retracted ?? 0,
    ]);
    return ended?.signalIds ?? [];
  }
}
