import { createHammingIndex } from './hamming-factory';
import type { HammingScan } from './hamming-search';
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
/** Whose frame a free handle is. */
const NOBODY = 0xffffffff;

/** The usable frames of all known videos in one index, each with its video: a number of the caller's below 2^32 - 1. */
export class VideoIndex {
  readonly index = createHammingIndex();
  readonly #framesOf = new Map<number, Uint32Array>();
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
    this.#framesOf.set(video, handles);
  }

  remove(video: number): void {
    for (const handle of this.#framesOf.get(video) ?? NO_FRAMES) {
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
    const scan = this.index.startMany(hashes, VPDQ_RADIUS);
    const additions = this.#additions;
    return { step: () => scan.step(), hits: () => this.#count(scan, asked.length, additions) };
  }

  /** What was removed while the scan went on is nobody's, and what was added since is not what was found. */
  #count({ found }: HammingScan, askedFrames: number, additions: number): VideoHit[] {
    const tally = new VideoTally();
    for (let at = 0; at < found.count; at++) {
      const handle = found.ids[at] ?? 0;
      const video = this.#owners[handle] ?? NOBODY;
      if (video === NOBODY || (this.#addedBy[handle] ?? 0) > additions) continue;
      tally.add(video, found.queries[at] ?? 0, handle, found.distances[at] ?? 0);
    }
    return tally.hits(askedFrames, (video) => this.#framesOf.get(video)?.length ?? 0);
  }

  #reserve(handles: number): void {
    if (handles <= this.#owners.length) return;
    const length = Math.max(handles, this.#owners.length * 2);
    this.#owners = grown(this.#owners, length);
    this.#addedBy = grown(this.#addedBy, length);
  }
}

function grown(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(length);
  wider.set(column);
  return wider;
}
