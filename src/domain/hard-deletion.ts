import type { ItemOutcome, NoticeKind, PreservationState } from './vocabulary';

/** What decides whether a platform may destroy for good what it took down. */
export interface Removed {
  readonly kind: NoticeKind;
  /** Null while the item is open. */
  readonly outcome: ItemOutcome | null;
  /** An order from another Member State than the provider's (TCO Art 4(1)). */
  readonly isCrossBorder: boolean;
  readonly preservation: PreservationState | null;
  /** The end of what the law wants preserved; null for a referral, which creates no such duty. */
  readonly preserveUntil: Date | null;
}

export type DeletionBar =
  'deletion.not-removed' | 'deletion.preservation-incomplete' | 'deletion.cross-border' | 'deletion.held';

const DOWN: readonly ItemOutcome[] = ['removed', 'disabled', 'hidden', 'account_actioned'];

/**
 * Why the content must not be destroyed yet, or null. An answer is never held up by any of this: only destruction is.
 * An order's content is preserved for six months (TCO Art 6(2)), and one from another Member State has to stay possible
 * to reinstate (Art 4(2)). A referral creates no such duty; what the platform began to preserve it completes first.
 */
export function barToDeletion(removed: Removed, now: Date): DeletionBar | null {
  if (removed.outcome === null || !DOWN.includes(removed.outcome)) return 'deletion.not-removed';
  const mustPreserve = removed.kind === 'removal_order' || removed.preservation !== null;
  if (mustPreserve && removed.preservation !== 'complete') return 'deletion.preservation-incomplete';
  if (removed.isCrossBorder) return 'deletion.cross-border';
  if (removed.preserveUntil !== null && now < removed.preserveUntil) return 'deletion.held';
  return null;
}
