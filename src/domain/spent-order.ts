import type { ItemOutcome } from './vocabulary';

const NOTHING_LEFT: readonly ItemOutcome[] = ['removed', 'disabled', 'account_actioned', 'already_gone', 'not_found'];

/**
 * Whether an order has nothing left to do about an item that was answered so: the content is gone, or was not there. With its
 * order closed by whoever issued it, such an item may be ordered again when it comes back: rec. 36 is about orders side by
 * side, not about one after the other. What is hidden for now, shown to fewer or declined is under its order still.
 */
export const isSpent = ({ outcome }: { readonly outcome: ItemOutcome }): boolean => NOTHING_LEFT.includes(outcome);
