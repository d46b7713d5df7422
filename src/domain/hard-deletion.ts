import type { ItemOutcome, NoticeKind, PreservationState } from './vocabulary';

/** What decides whether a platform may destroy for good what it took down: of one notice about the item. */
export interface Removed {
  readonly kind: NoticeKind;
  /** Null while the item is open. */
  readonly outcome: ItemOutcome | null;
  /** It was put back since. */
  readonly isBack: boolean;
  /** The platform was asked to put it back, and has not said what it did. */
  readonly isReinstatementOpen: boolean;
  /** The content provider complained, and nothing was decided yet (TCO Art 10). */
  readonly isComplaintOpen: boolean;
  /** A court has the order (TCO Art 9). */
  readonly isReviewPending: boolean;
  /** An order from another Member State than the provider's (TCO Art 4(1)). */
  readonly isCrossBorder: boolean;
  readonly preservation: PreservationState | null;
  /** The end of what the law wants preserved; null for a referral, which creates no such duty. */
  readonly preserveUntil: Date | null;
}

export type DeletionBar =
  | 'deletion.not-removed'
  | 'deletion.reinstatement-asked'
  | 'deletion.complaint-open'
  | 'deletion.review-pending'
  | 'deletion.preservation-incomplete'
  | 'deletion.cross-border'
  | 'deletion.held';

const DOWN: readonly ItemOutcome[] = ['removed', 'disabled', 'hidden', 'account_actioned'];

/**
 * Why the content must not be destroyed yet, or null. An answer is never held up by any of this: only destruction is.
 * What may have to be put back is kept, whatever took it down: while that is asked for, while a complaint is open (Art 6(1)(a),
 * 10(2)), while a court reviews the order (Art 6(2)). An order's content is preserved for six months (Art 6(2)), and one from
 * another Member State has to stay possible to reinstate (Art 4(2)). A referral creates no such duty; what the platform began
 * to preserve it completes first.
 */
export function barToDeletion(removed: Removed, now: Date): DeletionBar | null {
  if (removed.outcome === null || !DOWN.includes(removed.outcome) || removed.isBack) return 'deletion.not-removed';
  if (removed.isReinstatementOpen) return 'deletion.reinstatement-asked';
  if (removed.isComplaintOpen) return 'deletion.complaint-open';
  if (removed.isReviewPending) return 'deletion.review-pending';
  const mustPreserve = removed.kind === 'removal_order' || removed.preservation !== null;
  if (mustPreserve && removed.preservation !== 'complete') return 'deletion.preservation-incomplete';
  if (removed.isCrossBorder) return 'deletion.cross-border';
  if (removed.preserveUntil !== null && now < removed.preserveUntil) return 'deletion.held';
  return null;
}

/**
 * The same content can have been taken down because of several notices, and it is destroyed for all of them: what any of them
 * needs it for bars. A notice under which it was not taken down bars nothing, but the one that is named.
 */
export function barOfAll(named: Removed, others: readonly Removed[], now: Date): DeletionBar | null {
  const bars = others.map((other) => barToDeletion(other, now)).filter((bar) => bar !== 'deletion.not-removed');
  return barToDeletion(named, now) ?? bars.find((bar) => bar !== null) ?? null;
}
