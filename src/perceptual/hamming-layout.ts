/**
 * The engine's memory, as hamming.wat has it too. Addresses are in bytes.
 *
 * Rows: segments of 4096 that never move (hash 32, id 4, link 4 bytes a row). A link is live (31), member (30), uses
 * (29..24: how often the row changed hands) and the next row with the same hash (23..0).
 * Area: for each of 16 chunks x 65,536 values a slot: `vectors` x 8 lanes of 16-bit sketches (the last two lanes are the
 * address of the slot's first overflow block) in one plane, of 24-bit row numbers in another.
 */
export const GENERATION = 64;
/** Address of the area's description, 0 while there is none and every row is compared. */
export const AREA = 68;
/** Rows that readers may know. */
export const ROWS = 72;
/** Counts rows that left a chain of equal hashes. */
export const CHAINS = 76;
export const SIZE = 80;
/** The end of memory less the 64 bytes of a block. */
export const LIMIT = 84;
export const BLOCKS_NEXT = 96;
export const BLOCKS_END = 100;
/** Postings in overflow blocks, and lanes of those that hold none any more. */
export const OVERFLOWED = 104;
export const WASTED = 108;
/** Rows that the writer knows. */
export const OWN_ROWS = 116;
export const PERMUTATION = 4096;
export const SEGMENTS = 36864;
export const RADII = 53248;
export const MASKS = 56320;
export const HEAP = 57344;

export const BLOCK_BYTES = 64;
export const SEGMENT_ROWS = 4096;
export const SEGMENT_BYTES = SEGMENT_ROWS * 40;
export const IDS = SEGMENT_ROWS * 32;
export const LINKS = SEGMENT_ROWS * 36;
/** Row numbers are of 24 bits and end before the mark of an empty lane. */
export const MAX_ROWS = 2 ** 24 - SEGMENT_ROWS;

export const LIVE = 0x80000000;
export const MEMBER = 0x40000000;
export const NO_ROW = 0xffffff;

/** A reader's working space: query, counts, packed queries, list of overflow, candidates, matches. */
export const SCRATCH_BYTES = 167936;
export const SCRATCH_OWNER = 0;
export const SCRATCH_QUERY = 64;
/** Blocks and candidates that the last batch read. */
export const SCRATCH_WORK = 128;
export const SCRATCH_COUNTS = 256;
export const SCRATCH_INPUT = 2304;
export const SCRATCH_MATCHES = 102400;
export const BATCH = 256;

export const CHUNKS = 16;
export const CHUNK_SLOTS = 65536;
export const SLOTS = CHUNKS * CHUNK_SLOTS;
/** Beyond this radius some chunk would be probed with three bits flipped: comparing every row is no slower. */
export const MAX_PROBED_RADIUS = 47;

/**
 * Per radius, 16 x i16 of t (the bits by which a chunk may differ, -1: not probed) and 16 x i16 of t_i + t_(i+1) + 1 (by
 * which it and the next one may together). The sum of t_i + 1 is radius + 1.
 */
export function radiusTable(): Int16Array {
  const table = new Int16Array((MAX_PROBED_RADIUS + 1) * CHUNKS * 2);
  for (let radius = 0; radius <= MAX_PROBED_RADIUS; radius++) {
    const t = (chunk: number) => ((radius + 1) >> 4) - 1 + (chunk % CHUNKS < (radius + 1) % CHUNKS ? 1 : 0);
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      table[radius * 32 + chunk] = t(chunk);
      table[radius * 32 + 16 + chunk] = t(chunk) + t(chunk + 1) + 1;
    }
  }
  return table;
}

/** The 137 masks of at most two bits, by number of bits. */
export function maskList(): Uint16Array {
  const masks = [0];
  for (let bit = 0; bit < 16; bit++) masks.push(1 << bit);
  for (let bit = 0; bit < 16; bit++) for (let other = 0; other < bit; other++) masks.push((1 << bit) | (1 << other));
  return Uint16Array.from(masks);
}

/** For each half byte of a hash and each of its 16 values, the 32 bytes that it sets once permuted: 32 KiB. */
export function permutationTable(permutation: Uint8Array): Uint8Array {
  const table = new Uint8Array(64 * 16 * 32);
  for (let half = 0; half < 64; half++) {
    for (let value = 0; value < 16; value++) {
      for (let bit = 0; bit < 4; bit++) {
        if ((value & (8 >> bit)) === 0) continue;
        const to = permutation[half * 4 + bit] ?? 0;
        const at = (half * 16 + value) * 32 + (to >> 3);
        table[at] = (table[at] ?? 0) | (0x80 >> (to & 7));
      }
    }
  }
  return table;
}
