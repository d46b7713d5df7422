import { turn } from '../../infra/turn';
import { createHammingIndex } from '../../perceptual/hamming-factory';
import { HASH256_BYTES, parseHexInto } from '../../perceptual/hex';
import { VPDQ_RADIUS, VPDQ_THRESHOLDS, usableFrames, type VpdqFrame } from '../../perceptual/vpdq';
import { Column } from './columns';
import type { VideoShares } from './match.dto';

export interface VideoHit extends VideoShares {
  readonly row: number;
  /** Mean distance of the frames that were found to the nearest of the known video, rounded up. */
  readonly distance: number;
}

const NO_FRAMES = new Uint32Array(0);

/** The usable frames of all known videos in one index, each with the row of its video. */
export class FrameStore {
  readonly index = createHammingIndex();
  readonly #owners = new Column((length) => new Uint32Array(length));
  readonly #framesOf = new Map<number, Uint32Array>();
  readonly #free: number[] = [];
  #frames = 0;

  get bytes(): number {
    return this.index.bytes + this.#owners.bytes;
  }

  add(row: number, frames: readonly Uint8Array[]): void {
    if (frames.length === 0) return;
    const handles = Uint32Array.from(frames, () => this.#free.pop() ?? this.#frames++);
    const hashes = new Uint8Array(frames.length * HASH256_BYTES);
    frames.forEach((hash, at) => hashes.set(hash, at * HASH256_BYTES));
    this.index.insertMany(handles, hashes);
    for (const handle of handles) this.#owners.set(handle, row);
    this.#framesOf.set(row, handles);
  }

  remove(row: number): void {
    for (const handle of this.#framesOf.get(row) ?? NO_FRAMES) {
      this.index.remove(handle);
      this.#free.push(handle);
    }
    this.#framesOf.delete(row);
  }

  /** Every known video that the thresholds of vPDQ call a match. */
  async near(frames: readonly VpdqFrame[]): Promise<VideoHit[]> {
    const asked = usableFrames(frames);
    if (asked.length === 0 || this.index.size === 0) return [];
    const hashes = new Uint8Array(asked.length * HASH256_BYTES);
    asked.forEach(({ hash }, at) => parseHexInto(hash, hashes, at * HASH256_BYTES));
    const scan = this.index.startMany(hashes, VPDQ_RADIUS);
    while (!scan.step()) await turn();
    const { count, queries, ids, distances } = scan.found;
    const tally = new VideoTally();
    for (let at = 0; at < count; at++) {
      const handle = ids[at] ?? 0;
      tally.add(this.#owners.get(handle), queries[at] ?? 0, handle, distances[at] ?? 0);
    }
    return tally.hits(asked.length, (row) => this.#framesOf.get(row)?.length ?? 0);
  }
}

interface Shared {
  /** Nearest distance of each frame of the question that was found. */
  readonly asked: Map<number, number>;
  readonly known: Set<number | string>;
}

/** Counts which frames of a question lie near which frames of each video. */
export class VideoTally<Video = number> {
  readonly #videos = new Map<Video, Shared>();

  add(video: Video, asked: number, known: number | string, distance: number): void {
    let shared = this.#videos.get(video);
    if (!shared) this.#videos.set(video, (shared = { asked: new Map(), known: new Set() }));
    shared.known.add(known);
    shared.asked.set(asked, Math.min(distance, shared.asked.get(asked) ?? Infinity));
  }

  hits(askedFrames: number, framesOf: (video: Video) => number): (VideoShares & { row: Video; distance: number })[] {
    return [...this.#videos].flatMap(([row, { asked, known }]) => {
      const queryPercent = (100 * asked.size) / askedFrames;
      const comparedPercent = (100 * known.size) / Math.max(1, framesOf(row));
      const isMatch =
        queryPercent >= VPDQ_THRESHOLDS.queryPercent && comparedPercent >= VPDQ_THRESHOLDS.comparedPercent;
      const sum = [...asked.values()].reduce((total, each) => total + each, 0);
      return isMatch ? [{ row, queryPercent, comparedPercent, distance: Math.ceil(sum / asked.size) }] : [];
    });
  }
}
