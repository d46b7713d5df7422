/** The columns of matches that are ordered, see MatchBuffer. */
interface Columns {
  readonly ids: Uint32Array;
  readonly distances: Uint8Array;
}

/** Up to so many are sorted at once: a tenth of a millisecond. */
const AT_ONCE = 1024;
/** What the passes go by, from the lowest digit on: three of the id, then the distance. */
const DIGITS: readonly { readonly of: 'ids' | 'distances'; readonly shift: number; readonly mask: number }[] = [
  { of: 'ids', shift: 0, mask: 0x7ff },
  { of: 'ids', shift: 11, mask: 0x7ff },
  { of: 'ids', shift: 22, mask: 0x3ff },
  { of: 'distances', shift: 0, mask: 0x7f },
];

/**
 * Puts matches of one query in order of distance, then id, and keeps one that is there twice once. Stops after every
 * `slice` of them that a pass has been over, so that an answer of a million does not hold an event loop.
 * @returns how many are left, at the beginning of the columns.
 */
export function* inOrder(columns: Columns, slice: number): Generator<void, number> {
  if (columns.ids.length <= AT_ONCE) sortAtOnce(columns);
  else yield* sortByDigits(columns, slice);
  const { ids, distances } = columns;
  let end = 0;
  for (let at = 0; at < ids.length; at++) {
    if (at > 0 && ids[at] === ids[end - 1] && distances[at] === distances[end - 1]) continue;
    ids[end] = ids[at] ?? 0;
    distances[end] = distances[at] ?? 0;
    end++;
    if ((at + 1) % slice === 0) yield;
  }
  return end;
}

function sortAtOnce({ ids, distances }: Columns): void {
  // Exact in a double: seven bits of distance above 32 of id.
  const keys = Float64Array.from(ids, (id, at) => (distances[at] ?? 0) * 2 ** 32 + id).sort();
  keys.forEach((key, at) => {
    distances[at] = Math.floor(key / 2 ** 32);
    ids[at] = key % 2 ** 32;
  });
}

/** Radix sort. The passes are even in number, so the last one ends in the columns that were given. */
function* sortByDigits(columns: Columns, slice: number): Generator<void, void> {
  const { length } = columns.ids;
  let from = columns;
  let to: Columns = { ids: new Uint32Array(length), distances: new Uint8Array(length) };
  for (const { of, shift, mask } of DIGITS) {
    const next = new Uint32Array(mask + 2);
    const digits = from[of];
    for (let at = 0; at < length; at++) {
      const above = (((digits[at] ?? 0) >>> shift) & mask) + 1;
      next[above] = (next[above] ?? 0) + 1;
      if ((at + 1) % slice === 0) yield;
    }
    for (let digit = 1; digit <= mask; digit++) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
    for (let at = 0; at < length; at++) {
      const digit = ((digits[at] ?? 0) >>> shift) & mask;
      const place = next[digit] ?? 0;
      next[digit] = place + 1;
      to.ids[place] = from.ids[at] ?? 0;
      to.distances[place] = from.distances[at] ?? 0;
      if ((at + 1) % slice === 0) yield;
    }
    [from, to] = [to, from];
  }
}
