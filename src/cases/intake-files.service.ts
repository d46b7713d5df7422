import { Injectable } from '@nestjs/common';
import type { RefusedFile } from '../evidence/consignment';
import { rejectionEntry, sealFiles } from '../evidence/seal';
import { toView, type SubmittedExhibitView } from '../evidence/exhibit.dto';
import { expectMedia, mediaOf } from '../evidence/media';
import { Work, type Actor, type Tx } from '../infra/database/work';
import type { NewEntry } from '../ledger/append';
import { Matching } from '../signals/matching/matching.service';
import type { Match } from '../signals/matching/match.dto';
import type { FileHashes } from '../signals/matching/question';
import type { SubmittedItemView } from './cases.dto';
import type { CaseFile } from './cases.entity';
import { takeNumbers } from './case-file';
import { matchEntry } from './match-entry';
import { linkReuploads } from './reuploads';
import type { FiledFile } from './submitted-files';

export interface MatchedFile extends FiledFile {
  readonly matches: readonly Match[];
}

interface Filing {
  readonly actor: Actor;
  readonly at: Date;
  readonly file: Pick<CaseFile, 'id' | 'reference'>;
}

interface Filed {
  readonly exhibits: readonly SubmittedExhibitView[];
  readonly entries: readonly NewEntry[];
}

/** The files of a submission: compared with the shared database, then made exhibits of the case. */
@Injectable()
export class IntakeFiles {
  constructor(
    private readonly work: Work,
    private readonly matching: Matching,
  ) {}

  /** Every signal within the threshold of each file. An image of low quality is compared by its exact digests alone. */
  async match(actor: Actor, files: readonly FiledFile[]): Promise<MatchedFile[]> {
    if (files.length === 0) return [];
    return this.work.read(actor, async (tx) => {
      const matched: MatchedFile[] = [];
      for (const each of files) {
        const { matches } = await this.matching.inTransaction(tx, actor, hashesOf(each));
        matched.push({ ...each, matches });
      }
      return matched;
    });
  }

  /** Seals the files in the transaction that acknowledges them, and keeps what they matched. */
  async file(
    tx: Tx,
    { actor, at, file }: Filing,
    files: readonly MatchedFile[],
    items: readonly SubmittedItemView[],
  ): Promise<Filed> {
    if (files.length === 0) return { exhibits: [], entries: [] };
    const firstNumber = await takeNumbers(tx, file.id, files.length);
    const collected = files.map((each) => ({ file: each.file, itemId: itemOf(each, items) }));
    const sealing = { actor, at, caseId: file.id, reference: file.reference, firstNumber };
    const { exhibits, entries } = await sealFiles(tx, sealing, collected);
    await expectMedia(tx, actor, exhibits);
    const media = await mediaOf(
      tx,
      exhibits.map(({ id }) => id),
    );
    const matched = exhibits.map((exhibit, i) => ({ exhibit, matches: files[i]?.matches ?? [] }));
    const found: NewEntry[] = [];
    for (const { exhibit, matches } of matched) {
      await this.matching.remember(tx, actor, exhibit.id, matches, at);
      found.push(...matches.map((match) => matchEntry(actor, at, exhibit, match)));
    }
    await linkReuploads(tx, actor, matched, at);
    const views = matched.map(({ exhibit, matches }) => ({ ...toView(exhibit, media.get(exhibit.id)), matches }));
    return { exhibits: views, entries: [...entries, ...found] };
  }

  rejections({ actor, at, file }: Filing, refused: readonly RefusedFile[]): NewEntry[] {
    return refused.map((each) => rejectionEntry(actor, at, file.id, each));
  }
}

function hashesOf({ file: { stored, hashes } }: FiledFile): FileHashes {
  const { sha256, md5 } = stored;
  return { sha256, md5, ...(hashes ? { pdq: hashes.pdq, blockhash: hashes.blockhash } : {}) };
}

/** The line it was sent for; else the submission's only line; else none: it belongs to the case. */
function itemOf({ index }: FiledFile, items: readonly SubmittedItemView[]): string | null {
  if (index === null) return items.length === 1 ? (items[0]?.id ?? null) : null;
  return items.find((item) => item.index === index)?.id ?? null;
}
