/**
 * Many short lists of (row, 16-bit sketch), each contiguous in one pool so that a list is read without following
 * pointers. A full list moves to the end of the pool with half again the room; when the pool is full, every list is
 * copied into a new one, which also gives back what the moves left behind. Amortised constant per insert.
 */
export class Postings {
  /** Where list `l` starts in the pool, and its length. */
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
  rows: Uint32Array;
  sketches: Uint16Array;
  readonly #room: Uint32Array;
  #used = 0;

  constructor(lists: number, expected = 0) {
    this.starts = new Uint32Array(lists);
    this.counts = new Uint32Array(lists);
    this.#room = new Uint32Array(lists);
    const size = Math.max(1024, expected * 2);
    this.rows = new Uint32Array(size);
    this.sketches = new Uint16Array(size);
  }

  get bytes(): number {
    const lists = this.starts.byteLength + this.counts.byteLength + this.#room.byteLength;
    return lists + this.rows.byteLength + this.sketches.byteLength;
  }

  add(list: number, row: number, sketch: number): void {
    const count = this.counts[list] ?? 0;
    if (count === this.#room[list]) this.#move(list);
    const at = (this.starts[list] ?? 0) + count;
    this.rows[at] = row;
    this.sketches[at] = sketch;
    this.counts[list] = count + 1;
  }

  /** The last posting of the list takes the place of the removed one. */
  remove(list: number, row: number): void {
    const start = this.starts[list] ?? 0;
    const last = start + (this.counts[list] ?? 0) - 1;
    let at = start;
    while (at <= last && this.rows[at] !== row) at++;
    if (at > last) return;
    this.rows[at] = this.rows[last] ?? 0;
    this.sketches[at] = this.sketches[last] ?? 0;
    this.counts[list] = last - start;
  }

  #move(list: number): void {
    const count = this.counts[list] ?? 0;
    const room = count + (count >> 1) + 2;
    if (this.#used + room > this.rows.length) this.#repack(room);
    const start = this.starts[list] ?? 0;
    this.rows.copyWithin(this.#used, start, start + count);
    this.sketches.copyWithin(this.#used, start, start + count);
    this.starts[list] = this.#used;
    this.#room[list] = room;
    this.#used += room;
  }

  #repack(extra: number): void {
    const { rows, sketches, starts, counts } = this;
    let kept = extra;
    for (const count of counts) kept += keptRoom(count);
    const size = kept + (kept >> 1) + 1024;
    this.rows = new Uint32Array(size);
    this.sketches = new Uint16Array(size);
    let used = 0;
    for (let list = 0; list < starts.length; list++) {
      const count = counts[list] ?? 0;
      const from = starts[list] ?? 0;
      for (let k = 0; k < count; k++) {
        this.rows[used + k] = rows[from + k] ?? 0;
        this.sketches[used + k] = sketches[from + k] ?? 0;
      }
      starts[list] = used;
      this.#room[list] = keptRoom(count);
      used += keptRoom(count);
    }
    this.#used = used;
  }
}

/** A list keeps a quarter of room through a copy: with none, the next insert into a few long lists would copy all again. */
function keptRoom(count: number): number {
  return count + (count >> 2);
}
