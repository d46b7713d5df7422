import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import type { Page, PageQuery } from '../../infra/http/paging';
import { append } from '../../ledger/append';
import type { BulkLineView, BulkView } from './bulk.dto';
import { findBulk, resultsPage, toView, type BulkRow } from './bulk.queries';
import { csvHeader, csvLine } from './results-csv';

const CSV_PAGE = 500;

/** What became of a list. Results hold addresses: who reads them is on the record, as with the case itself. */
@Injectable()
export class BulkReading {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  get(actor: Actor, id: string): Promise<BulkView> {
    return this.work.read(actor, async (tx) => toView(tx, await findBulk(tx, id)));
  }

  results(actor: Actor, id: string, query: PageQuery): Promise<Page<BulkLineView>> {
    return this.work.run(actor, async (tx) => {
      await this.note(tx, actor, await findBulk(tx, id));
      return resultsPage(tx, id, query);
    });
  }

  /** All of them as CSV, page by page as they are read. */
  async csv(actor: Actor, id: string): Promise<Readable> {
    await this.work.run(actor, async (tx) => this.note(tx, actor, await findBulk(tx, id)));
    return Readable.from(this.csvPages(actor, id));
  }

  private async *csvPages(actor: Actor, id: string): AsyncGenerator<string, void, undefined> {
    yield csvHeader();
    for (let cursor: string | undefined | null; cursor !== null;) {
      const query = { limit: CSV_PAGE, cursor };
      const page: Page<BulkLineView> = await this.work.read(actor, (tx) => resultsPage(tx, id, query));
      if (page.items.length > 0) yield page.items.map(csvLine).join('');
      cursor = page.next;
    }
  }

  private async note(tx: Tx, actor: Actor, bulk: BulkRow): Promise<void> {
    const subjects = { case: bulk.case_id };
    const audience = [actor.organisationId];
    await append(tx, { kind: 'case.read', actor, at: this.clock.now(), subjects, dims: { bulk: bulk.id }, audience });
  }
}
