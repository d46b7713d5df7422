import { describe, expect, it } from '@jest/globals';
import { isSpent } from './spent-order';
import { ITEM_OUTCOMES } from './vocabulary';

describe('an order has nothing left to do about an item', () => {
  it('that is gone or was not there, and has about one that is hidden, shown to fewer or declined', () => {
    const under = ITEM_OUTCOMES.filter((outcome) => !isSpent({ outcome }));
    expect(under).toEqual(['hidden', 'restricted', 'declined']);
  });
});
