import { createHammingIndex } from './hamming-factory';
import { MatchBuffer, type HammingScan } from './hamming-search';
import { HASH256_BYTES, parseHexInto } from './hex';
import { VideoTally, type VideoHit } from './video-tally';
import { VPDQ_RADIUS, usableFrames, type VpdqFrame } from './vpdq';

/** A search that may take long, in slices. */
export interface VideoScan {
  /** True when the answer is complete. */
  step(): boolean;
  /** Once `step` has returned true: every known video that the thresholds of vPDQ call a match, in no order. */
  hits(): VideoHit[];
}

const NO_FRAMES = new Uint32Array(0);
/** Pairs of near frames that are counted at once, in less than a tenth of a millisecond. */
const PAIRS = 8192;
/** Pairs of one group of frames, about: what is found of a group is in memory. */
const MOST_PAIRS = 4 * PAIRS;
const MOST_ASKED = 64;
/** Whose frame a free handle is. */
const NOBODY = 0xffffffff;

/** The usable frames of all known videos in one index, each with its video: a number of the caller's below 2^32 - 1. */
export class VideoIndex {
  readonly index = createHammingIndex();
  readonly #framesOf = new Map<number, { readonly handles: Uint32Array; readonly addition: number }>();
  readonly #free: number[] = [];
  #handles = 0;
  #owners = new Uint32Array(1024);
  /** Which addition gave each handle away. */
  #addedBy = new Uint32Array(1024);
  #additions = 0;

  get bytes(): number {
    return this.index.bytes + this.#owners.byteLength + this.#addedBy.byteLength;
  }

  /** @param hashes 32 bytes a frame, each hash once; of a video that is there already nothing is taken */
  add(video: number, hashes: Uint8Array): void {
    const count = hashes.length / HASH256_BYTES;
    if (count === 0 || this.#framesOf.has(video)) return;
    const handles = Uint32Array.from({ length: count }, () => this.#free.pop() ?? this.#handles++);
    this.#reserve(this.#handles);
    this.index.insertMany(handles, hashes);
    this.#additions++;
    for (const handle of handles) {
      this.#owners[handle] = video;
      this.#addedBy[handle] = this.#additions;
    }
    this.#framesOf.set(video, { handles, addition: this.#additions });
  }

  remove(video: number): void {
    for (const handle of this.#framesOf.get(video)?.handles ?? NO_FRAMES) {
      this.index.remove(handle);
      this.#owners[handle] = NOBODY;
      this.#free.push(handle);
    }
    this.#framesOf.delete(video);
  }

  /** @throws RangeError when a usable frame's hash is not 64 lower-case hex digits */
  start(frames: readonly VpdqFrame[]): VideoScan {
    const asked = usableFrames(frames);
    if (asked.length === 0 || this.index.size === 0) return { step: () => true, hits: () => [] };
    const hashes = new Uint8Array(asked.length * HASH256_BYTES);
    asked.forEach(({ hash }, at) => {
      if (!parseHexInto(hash, hashes, at * HASH256_BYTES)) {
        throw new RangeError('A 256-bit hash is 64 lower-case hex digits');
      }
    });
    return new FrameScan(this, hashes);
  }

  /** Additions so far: what a later one brought is not what was found. */
  get additions(): number {
    return this.#additions;
  }

  /** The video that a handle stood for after so many additions, if it still does. */
  videoOf(handle: number, additions: number): number | undefined {
    const video = this.#owners[handle] ?? NOBODY;
    return video === NOBODY || (this.#addedBy[handle] ?? 0) > additions ? undefined : video;
  }

  /** How many frames a video has that was there after so many additions and has not gone since; 0 for others. */
  framesOf(video: number, additions: number): number {
    const known = this.#framesOf.get(video);
    return known && known.addition <= additions ? known.handles.length : 0;
  }

  get handles(): number {
    return this.#handles;
  }

  #reserve(handles: number): void {
    if (handles <= this.#owners.length) return;
    const length = Math.max(handles, this.#owners.length * 2);
    this.#owners = grown(this.#owners, length);
    this.#addedBy = grown(this.#addedBy, length);
  }
}

/** The frames asked in groups, so few that what is found of one is soon counted: stills of one scene are all near each other. */
class FrameScan implements VideoScan {
  readonly #tally = new VideoTally();
  readonly #additions: number;
  /** A bit for each handle that was found. */
  readonly #seen: Uint8Array;
  readonly #found = new MatchBuffer();
  #group = 1;
  /** Frames asked before the group under way, and after it. */
  #from = 0;
  #to = 0;
  #scan: HammingScan | undefined;
  #counted = 0;

  constructor(
    readonly films: VideoIndex,
    readonly hashes: Uint8Array,
  ) {
    this.#additions = films.additions;
    this.#seen = new Uint8Array((films.handles >> 3) + 1);
  }

  step(): boolean {
    if (this.#scan) {
      if (this.#scan.step()) this.#scan = undefined;
      return false;
    }
    if (this.#counted < this.#found.count) this.#count();
    if (this.#counted < this.#found.count) return false;
    if (this.#to === this.#asked) return true;
    this.#next();
    return false;
  }

  hits(): VideoHit[] {
    return this.#tally.hits(this.#asked, (video) => this.films.framesOf(video, this.#additions));
  }

  get #asked(): number {
    return this.hashes.length / HASH256_BYTES;
  }

  #next(): void {
    const pairs = this.#found.count;
    this.#group = pairs > MOST_PAIRS ? Math.max(1, this.#group >> 1) : Math.min(MOST_ASKED, this.#group * 2);
    this.#from = this.#to;
    this.#to = Math.min(this.#asked, this.#from + this.#group);
    const hashes = this.hashes.subarray(this.#from * HASH256_BYTES, this.#to * HASH256_BYTES);
    this.#counted = 0;
    this.#scan = this.films.index.startMany(hashes, VPDQ_RADIUS, this.#found);
  }

  #count(): void {
    const { ids, queries, distances, count } = this.#found;
    const to = Math.min(count, this.#counted + PAIRS);
    for (let at = this.#counted; at < to; at++) {
      const handle = ids[at] ?? 0;
      const video = this.films.videoOf(handle, this.#additions);
      if (video === undefined) continue;
      const bit = 1 << (handle & 7);
      const seen = this.#seen[handle >> 3] ?? 0;
      this.#seen[handle >> 3] = seen | bit;
      this.#tally.add(video, this.#from + (queries[at] ?? 0), distances[at] ?? 0, (seen & bit) === 0);
    }
    this.#counted = to;
  }
}

function grown(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(length);
  wider.set(column);
  return wider;
}
