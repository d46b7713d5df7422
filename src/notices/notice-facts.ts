import type { NoticeDimensions, NoticeFacts } from '../domain/metric-facts';
import type { LedgerKind } from '../domain/ledger-kinds';
import type { Actor } from '../infra/database/actor';
import type { NewEntry } from '../ledger/append';
import type { Notice } from './notice.entity';

/** What a notice is counted by, plus what only some figures break down by. */
export const dimensionsOf = (
  notice: Notice,
): NoticeDimensions & { ideology: string; senderCountry: string | null } => ({
  noticeKind: notice.kind,
  platformSize: notice.platformSize,
  language: notice.language,
  category: notice.category,
  ideology: notice.ideology,
  senderCountry: notice.senderCountry,
});

/** Both parties read what happens to a notice; before it is sent the sender alone does. */
export const audienceOf = (notice: Notice): string[] =>
  notice.sentAt
    ? [notice.senderId, notice.recipientId, ...(notice.homeAuthorityId ? [notice.homeAuthorityId] : [])]
    : [notice.senderId];

interface NoticeEntry extends Partial<Pick<NewEntry, 'shared' | 'internal' | 'dims'>> {
  readonly kind: LedgerKind;
  readonly actor: Actor | 'service';
  readonly at: Date;
  readonly itemId?: string;
}

/** An entry about a notice, or about one of its items. The case is never a subject: the platform reads this. */
export function entryOf(notice: Notice, { itemId, dims, ...entry }: NoticeEntry): NewEntry {
  return {
    ...entry,
    subjects: { notice: notice.id, ...(itemId ? { item: itemId } : {}) },
    dims: { ...dimensionsOf(notice), ...dims },
    audience: audienceOf(notice),
  };
}

/** The dimensions that the figures ask of this kind of entry, checked by the compiler and free to be spread. */
export const facts = <Kind extends keyof NoticeFacts>(
  _kind: Kind,
  dims: Omit<NoticeFacts[Kind], keyof NoticeDimensions>,
): Omit<NoticeFacts[Kind], keyof NoticeDimensions> => dims;
