import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import type { RefusedFile } from '../evidence/consignment';
import { Vault } from '../evidence/vault.service';
import { ClockSource } from '../infra/clock-source';
import { requestContext } from '../infra/context';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { readSubmission, type Submission } from '../infra/http/submission';
import { validated } from '../infra/http/validation';
import { appendAll, type NewEntry } from '../ledger/append';
import { AddItemsDto, OpenCaseDto, type SubmissionView } from './cases.dto';
import { CaseFile } from './cases.entity';
import { insertCase, lockOpenCase } from './case-file';
import { IntakeFiles, type MatchedFile } from './intake-files.service';
import { admitItems } from './items';
import { readLines, refusalOf, type ReadLines } from './lines';
import { receiveFiles } from './submitted-files';

/** Everything of a submission that is known before its transaction begins. */
interface Gathered {
  readonly read: ReadLines;
  readonly files: readonly MatchedFile[];
  readonly refusedFiles: readonly RefusedFile[];
}

/**
 * Takes what a unit submits: addresses, accounts, channels, files. Files lie sealed in the vault before the transaction
 * that acknowledges them; a line or file that cannot be taken is named and keeps nothing else back.
 */
@Injectable()
export class Intake {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly vault: Vault,
    private readonly files: IntakeFiles,
  ) {}

  /** Opens a case. */
  async open(actor: Actor, request: FastifyRequest): Promise<SubmissionView> {
    const submission = await readSubmission(request, 'case');
    return this.drained(submission, async () => {
      const dto = await validated(submission.document, OpenCaseDto);
      const caseId = uuidv7();
      return this.gathered(actor, caseId, submission, dto, request, (gathered) =>
        this.work.run(actor, async (tx) => {
          const at = this.clock.now();
          const { file, entry } = await insertCase(tx, actor, at, caseId, dto);
          return this.record(tx, { actor, at, file }, gathered, [entry]);
        }),
      );
    });
  }

  /** Adds to an open case. A case can be referred first and its large files sent after: no notice waits for an upload. */
  async add(actor: Actor, caseId: string, request: FastifyRequest): Promise<SubmissionView> {
    const submission = await readSubmission(request, 'case');
    return this.drained(submission, async () => {
      const dto = await validated(submission.document, AddItemsDto);
      await this.assertTakes(actor, caseId);
      return this.gathered(actor, caseId, submission, dto, request, (gathered) =>
        this.work.run(actor, async (tx) => {
          const file = await lockOpenCase(tx, caseId);
          return this.record(tx, { actor, at: this.clock.now(), file }, gathered, []);
        }),
      );
    });
  }

  /** Before gigabytes are taken in for a case that is closed, or not theirs. A repeat is answered as it was, closed or not. */
  private async assertTakes(actor: Actor, caseId: string): Promise<void> {
    const file = await this.work.read(actor, (tx) => tx.findOneBy(CaseFile, { id: caseId }));
    if (!file) throw new DomainError('request.not-found');
    if (file.state === 'closed' && !requestContext()?.idempotency) throw new DomainError('case.closed');
  }

  private async drained<T>(submission: Submission, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      submission.drain();
      throw error;
    }
  }

  private async gathered(
    actor: Actor,
    caseId: string,
    submission: Submission,
    dto: AddItemsDto,
    request: FastifyRequest,
    record: (gathered: Gathered) => Promise<SubmissionView>,
  ): Promise<SubmissionView> {
    const items = dto.items ?? [];
    const read = await readLines(items, this.clock.now());
    const consignment = this.vault.receiveFor(actor, caseId);
    try {
      const { received, refused } = await receiveFiles(submission, consignment, items.length, request);
      const files = await this.files.match(actor, received);
      return await record({ read, files, refusedFiles: refused });
    } finally {
      await consignment.end();
    }
  }

  private async record(
    tx: Tx,
    of: { readonly actor: Actor; readonly at: Date; readonly file: CaseFile },
    { read, files, refusedFiles }: Gathered,
    first: readonly NewEntry[],
  ): Promise<SubmissionView> {
    const admitted = await admitItems(tx, of, read.lines);
    const refusedLines = [...read.refused, ...admitted.refused].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    const refused = [...refusedLines, ...refusedFiles.map(({ fileName, error }) => refusalOf(error, { fileName }))];
    if (admitted.items.length === 0 && files.length === 0) throw new DomainError('case.empty', { refused });
    const filed = await this.files.file(tx, of, files, admitted.items);
    const rejections = this.files.rejections(of, refusedFiles);
    await appendAll(tx, [...first, ...admitted.entries, ...filed.entries, ...rejections]);
    const { id, reference, state } = of.file;
    return { id, reference, state, items: [...admitted.items], exhibits: [...filed.exhibits], refused };
  }
}
