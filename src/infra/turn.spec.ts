import { mapInTurns } from './turn';

describe('work on many', () => {
  it('lets everything else that waits have its turn after each slice, and keeps the order', async () => {
    const seen: (number | 'another')[] = [];
    let next = setImmediate(function other() {
      seen.push('another');
      next = setImmediate(other);
    });
    const doubled = await mapInTurns([0, 1, 2, 3, 4], 2, (n, index) => {
      seen.push(index);
      return 2 * n;
    });
    clearImmediate(next);
    expect(doubled).toEqual([0, 2, 4, 6, 8]);
    expect(seen).toEqual([0, 1, 'another', 2, 3, 'another', 4]);
  });
});
