import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { turn } from '../../infra/turn';
import { append, appendAll, type NewEntry } from '../../ledger/append';
import { lockOpenCase } from '../case-file';
import type { RefusedView, SubmittedItemView } from '../cases.dto';
import { admitItems } from '../items';
import { readLines, refusalOf, type Line } from '../lines';
import { BULK_OUTCOMES, type BulkCut, type BulkOutcome } from './bulk.dto';
import { countPortion, digestOf, insertPortion, lockBulk, type BulkRow, type LineResult } from './bulk.queries';
import type { Portion } from './portions';
import type { BulkRecord } from './records';

/** Lines that are looked at between two turns of the event loop. */
const SLICE = 50;

interface ReadPortion {
  /** `index` is the place in the portion. */
  readonly lines: readonly Line[];
  readonly refused: readonly RefusedView[];
}

/** Takes a list into its case, a portion at a time. What was taken stays taken, whatever becomes of the rest. */
@Injectable()
export class BulkTaking {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /**
   * One portion, in one transaction with its results and its entry on the feed. One that was taken before is only compared.
   * @throws DomainError `idempotency.key-reused` when another list was begun under this key; `case.closed`
   */
  async take(actor: Actor, bulkId: string, portion: Portion): Promise<void> {
    const read = await readPortion(portion.records, this.clock.now());
    await this.work.aside(actor, async (tx) => {
      const bulk = await lockBulk(tx, bulkId);
      const known = await digestOf(tx, bulkId, portion.no);
      if (known) {
        if (!known.equals(portion.digest)) throw new DomainError('idempotency.key-reused');
        return;
      }
      // It had come to its end, and this one is longer.
      if (bulk.state === 'completed') throw new DomainError('idempotency.key-reused');
      await this.admit(tx, actor, bulk, portion, read);
    });
  }

  /** The list has come to its end. @throws DomainError `idempotency.key-reused` when it had more before */
  async complete(actor: Actor, bulkId: string, portions: number, cutBecause: BulkCut | null): Promise<void> {
    const at = this.clock.now();
    await this.work.aside(actor, async (tx) => {
      const bulk = await lockBulk(tx, bulkId);
      if (bulk.portions !== portions) throw new DomainError('idempotency.key-reused');
      if (bulk.state === 'completed') return;
      await tx.query(
        `update bulk_submission set state = 'completed', completed_at = $2, cut_because = $3 where id = $1`,
        [bulkId, at, cutBecause],
      );
      const { lines, added, joined, held, rejected } = bulk;
      const dims = { bulk: bulkId, lines, added, joined, held, rejected, cutBecause };
      await append(tx, entryOf('bulk.completed', actor, at, bulk, dims));
    });
  }

  private async admit(tx: Tx, actor: Actor, bulk: BulkRow, portion: Portion, read: ReadPortion): Promise<void> {
    const at = this.clock.now();
    const file = await lockOpenCase(tx, bulk.case_id);
    const admitted = await admitItems(tx, { actor, at, file }, read.lines);
    const refused = new Map([...read.refused, ...admitted.refused].map((each) => [each.index, each]));
    const items = new Map(admitted.items.map((item) => [item.index, item]));
    const results = portion.records.map(({ line }, place) => resultOf(line, items.get(place), refused.get(place)));
    const counts = countsOf(results);
    await insertPortion(tx, actor, at, bulk, portion, results);
    await countPortion(tx, bulk.id, counts);
    const dims = { bulk: bulk.id, portion: portion.no, lines: bulk.lines + results.length, ...counts };
    await appendAll(tx, [...admitted.entries, entryOf('bulk.progressed', actor, at, bulk, dims)]);
  }
}

async function readPortion(records: readonly BulkRecord[], now: Date): Promise<ReadPortion> {
  const lines: Line[] = [];
  const refused: RefusedView[] = [];
  for (let from = 0; from < records.length; from += SLICE) {
    const legible = records.slice(from, from + SLICE).flatMap((record, i) => {
      if (record.fault) refused.push(refusalOf(record.fault, { index: from + i }));
      return record.fault ? [] : [{ place: from + i, item: record.item }];
    });
    const items = legible.map(({ item }) => item);
    const placeOf = (index: number): number => legible[index]?.place ?? 0;
    const read = await readLines(items, now);
    lines.push(...read.lines.map((line) => ({ ...line, index: placeOf(line.index) })));
    refused.push(...read.refused.map((each) => ({ ...each, index: placeOf(each.index ?? 0) })));
    await turn();
  }
  return { lines, refused };
}

function resultOf(line: number, item: SubmittedItemView | undefined, refused: RefusedView | undefined): LineResult {
  if (!item) {
    const { code = 'bulk.line-unreadable', detail = '' } = refused ?? {};
    return { line, outcome: 'rejected', itemId: null, platformProvisional: null, code, detail };
  }
  const outcome: BulkOutcome = item.joined ? 'joined' : item.state === 'held' ? 'held' : 'added';
  const platformProvisional = item.platform?.status === 'provisional';
  return { line, outcome, itemId: item.id, platformProvisional, code: null, detail: item.heldBecause };
}

const countsOf = (results: readonly LineResult[]): Record<BulkOutcome, number> => {
  const counts = { added: 0, joined: 0, held: 0, rejected: 0 } satisfies Record<(typeof BULK_OUTCOMES)[number], number>;
  for (const { outcome } of results) counts[outcome]++;
  return counts;
};

const entryOf = (
  kind: 'bulk.progressed' | 'bulk.completed',
  actor: Actor,
  at: Date,
  bulk: BulkRow,
  dims: NonNullable<NewEntry['dims']>,
): NewEntry => ({ kind, actor, at, subjects: { case: bulk.case_id }, dims, audience: [actor.organisationId] });
