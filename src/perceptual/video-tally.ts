import { VPDQ_THRESHOLDS } from './vpdq';

/** A known video that the thresholds of vPDQ call a match. */
export interface VideoHit<Video = number> {
  readonly video: Video;
  /** Mean distance of the frames that were found to the nearest of the known video, rounded up. */
  readonly distance: number;
  readonly queryPercent: number;
  readonly comparedPercent: number;
}

interface Shared {
  /** Nearest distance of each frame of the question that was found. */
  readonly asked: Map<number, number>;
  readonly known: Set<number | string>;
}

/** Counts which frames of a question lie near which frames of each video: one count, wherever the frames are looked up. */
export class VideoTally<Video = number> {
  readonly #videos = new Map<Video, Shared>();

  /** @param known which frame of the video, by anything that is its own */
  add(video: Video, asked: number, known: number | string, distance: number): void {
    let shared = this.#videos.get(video);
    if (!shared) this.#videos.set(video, (shared = { asked: new Map(), known: new Set() }));
    shared.known.add(known);
    shared.asked.set(asked, Math.min(distance, shared.asked.get(asked) ?? Infinity));
  }

  /**
   * @param askedFrames usable frames of the question
   * @param framesOf usable frames of a known video
   */
  hits(askedFrames: number, framesOf: (video: Video) => number): VideoHit<Video>[] {
    return [...this.#videos].flatMap(([video, { asked, known }]) => {
      const queryPercent = (100 * asked.size) / askedFrames;
      const comparedPercent = (100 * known.size) / Math.max(1, framesOf(video));
      const isMatch =
        queryPercent >= VPDQ_THRESHOLDS.queryPercent && comparedPercent >= VPDQ_THRESHOLDS.comparedPercent;
      const sum = [...asked.values()].reduce((total, each) => total + each, 0);
      return isMatch ? [{ video, queryPercent, comparedPercent, distance: Math.ceil(sum / asked.size) }] : [];
    });
  }
}
