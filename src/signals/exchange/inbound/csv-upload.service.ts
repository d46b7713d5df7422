import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson } from '../../../domain/canonical';
import { DomainError } from '../../../domain/errors';
import type { Tlp } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { requestContext } from '../../../infra/context';
import { Work, type Actor } from '../../../infra/database/work';
import { fingerprintOf } from '../../../infra/http/context.hook';
import { readSubmission, type Submission } from '../../../infra/http/submission';
import { validated } from '../../../infra/http/validation';
import { Contributions } from '../../store/contributions.service';
import { CsvHeaderError, readCsv, type CsvLine } from './csv-lines';
import { note } from './source-entries';
import { insertSource } from './source-insert';
import { recordPage } from './source-progress';
import { lockSource } from './source-row';
import { CsvReport, CsvSourceDto, toView, type RefusedLineView, type SourceView } from './source.dto';
import { assertMay } from './sources.service';
import { SourceTaking } from './taking.service';
import { assertFits } from './target-list';

const MOST_LINES = 1_000_000;
/** Lines of one transaction. */
const PORTION = 5_000;
const MOST_SHOWN = 1_000;

interface Sums {
  lines: number;
  taken: number;
  quarantined: number;
  waiting: number;
  refused: number;
  readonly refusedLines: RefusedLineView[];
}

/** A CSV file as a source that is read once, while it arrives. */
@Injectable()
export class CsvUpload {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly taking: SourceTaking,
    private readonly contributions: Contributions,
  ) {}

  /**
   * Takes the lines in portions, each in a transaction of its own: an upload that breaks off has brought what came before, and
   * the same file sent again adds what is missing.
   */
  async receive(actor: Actor, request: FastifyRequest): Promise<CsvReport> {
    assertMay(actor);
    const submission = await readSubmission(request, 'about');
    try {
      const dto = await validated(submission.document, CsvSourceDto);
      const claim = requestContext()?.idempotency;
      // Not over the file, which is still to come: the same terms under the same key are the same upload, sent again.
      if (claim) claim.fingerprint = fingerprintOf(request.method, request.url, canonicalJson(submission.document));
      const source = await this.open(actor, dto);
      const sums: Sums = { lines: 0, taken: 0, quarantined: 0, waiting: 0, refused: 0, refusedLines: [] };
      let portion: CsvLine[] = [];
      for await (const line of linesOf(submission)) {
        portion.push(line);
        sums.lines++;
        if (sums.lines > MOST_LINES) throw new DomainError('request.too-large', { maxLines: MOST_LINES });
        if (portion.length < PORTION) continue;
        await this.take(actor, source.id, portion, sums);
        portion = [];
      }
      if (portion.length > 0) await this.take(actor, source.id, portion, sums);
      await this.work.aside(actor, (tx) =>
        tx.query('update exchange_source set last_error = null where id = $1', [source.id]),
      );
      return await this.report(actor, source.id, sums);
    } catch (error) {
      submission.drain();
      throw error instanceof CsvHeaderError ? unusable(error.message) : error;
    }
  }

  /** A request that is repeated under one idempotency key finds the source that it made before. */
  private open(actor: Actor, dto: CsvSourceDto): Promise<SourceView> {
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      await assertFits(tx, actor, dto.listId, dto.tlp);
      const row = await insertSource(tx, actor, { ...dto, id: uuidv7(), protocol: 'csv', state: 'done', at });
      // Until its end has come it is cut: whatever ends this process, somebody can see that it is not whole.
      await tx.query(`update exchange_source set last_error = 'exchange.source-cut' where id = $1`, [row.id]);
      await note(tx, actor, row, 'exchange.subscribed', at, { tlp: row.tlp, list: row.list_id });
      return toView(row);
    });
  }

  private async take(actor: Actor, sourceId: string, portion: readonly CsvLine[], sums: Sums): Promise<void> {
    const at = this.clock.now();
    const lineOf = new Map(portion.map(({ line, record }) => [nameOf(record), line]));
    const done = await this.work.aside(actor, async (tx) => {
      const source = await lockSource(tx, sourceId);
      if (source.state === 'ended') throw new DomainError('exchange.source-ended');
      const listTlp: Tlp = await assertFits(tx, actor, source.list_id, source.tlp);
      const turn = { tx, actor, source, at };
      const taken = await this.taking.take(turn, portion.map(({ record }) => record), listTlp); // prettier-ignore
      await recordPage(tx, source, taken, null, at);
      return taken;
    });
    await this.contributions.told(done.signalIds);
    sums.taken += done.taken;
    sums.quarantined += done.quarantined;
    sums.waiting += done.waiting;
    sums.refused += done.refusals.length;
    for (const { record, code, detail } of done.refusals) {
      if (sums.refusedLines.length >= MOST_SHOWN) break;
      sums.refusedLines.push({ line: lineOf.get(record) ?? 0, code, detail });
    }
  }

  private async report(actor: Actor, sourceId: string, sums: Sums): Promise<CsvReport> {
    const row = await this.work.read(actor, (tx) => lockSource(tx, sourceId));
    const { lines, taken, quarantined, waiting, refused, refusedLines } = sums;
    const unchanged = Math.max(0, lines - taken - quarantined - waiting - refused);
    const counts = { lines, taken, quarantined, unchanged, waiting, refused };
    const byLine = refusedLines.toSorted((a, b) => a.line - b.line);
    return Object.assign(new CsvReport(), { source: toView(row), ...counts, refusedLines: byLine });
  }
}

const nameOf = (record: CsvLine['record']): string => (record.kind === 'refused' ? record.record : record.remoteId);

const unusable = (detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer: '/file', detail }]);

async function* linesOf({ files }: Submission): AsyncGenerator<CsvLine, void, undefined> {
  for await (const { file } of files) {
    yield* readCsv(file);
    if (file.truncated) throw new DomainError('file.too-large');
    return;
  }
  throw unusable('a file with the hashes is needed');
}
