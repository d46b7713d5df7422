import { Injectable } from '@nestjs/common';
import type { Acknowledgement } from '../../domain/acknowledgement';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { requestContext } from '../../infra/context';
import { Work } from '../../infra/database/work';
import { acknowledge } from '../../ledger/acknowledge';
import { LedgerKey } from '../../ledger/ledger-key';
import { BY_LINK } from './reply-links';
import type { Done } from './replying.service';

export interface RecordedEntry {
  readonly id: string;
  readonly kind: LedgerKind;
  readonly at: Date;
  /** The leaf hash in hex. */
  readonly digest: string;
}

export interface Proof {
  readonly entries: readonly RecordedEntry[];
  /** Null for a form that was used before: its first answer was acknowledged. */
  readonly acknowledgement: Acknowledgement | null;
  /** RFC 8785 or not: the JSON that the acknowledgement's digest is of. */
  readonly message: string | null;
}

/** What somebody without an account keeps: the entries with their digests, and the machine's acknowledgement. */
@Injectable()
export class ReplyProofs {
  constructor(
    private readonly work: Work,
    private readonly key: LedgerKey,
  ) {}

  async of({ entryIds, message, at }: Done): Promise<Proof> {
    const entries = await this.work.asWorkerFor(BY_LINK, (tx) =>
      tx.query<RecordedEntry[]>(
        `select id, kind, at, encode(leaf_hash, 'hex') as digest from ledger_entry where id = any ($1::uuid[]) order by id`,
        [entryIds],
      ),
    );
    const [last, requestId] = [entryIds.at(-1), requestContext()?.requestId];
    if (message === null || last === undefined || requestId === undefined) {
      return { entries, acknowledgement: null, message: null };
    }
    const text = JSON.stringify(message);
    const received = { id: requestId, message: JSON.parse(text) as unknown, receivedAt: at.toISOString() };
    return { entries, acknowledgement: acknowledge(this.key, received, last), message: text };
  }
}
