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
  /** The frame of the question that was told last, how many there were, and the sum of their nearest distances. */
  asked: number;
  found: number;
  sum: number;
  /** Frames of the video that some frame of the question is near to. */
  known: number;
}

/** Counts which frames of a question lie near which frames of each video: one count, wherever the frames are looked up. */
export class VideoTally<Video = number> {
  readonly #videos = new Map<Video, Shared>();

  /**
   * In the order of the frames asked, and of each the nearest first.
   * @param isNew no frame asked before was near to this one of the video
   */
  add(video: Video, asked: number, distance: number, isNew: boolean): void {
    let shared = this.#videos.get(video);
    if (!shared) this.#videos.set(video, (shared = { asked: -1, found: 0, sum: 0, known: 0 }));
    if (isNew) shared.known++;
    if (shared.asked === asked) return;
    shared.asked = asked;
    shared.found++;
    shared.sum += distance;
  }

  /**
   * @param askedFrames usable frames of the question
   * @param framesOf usable frames of a known video; 0 when it is known no more
   */
  hits(askedFrames: number, framesOf: (video: Video) => number): VideoHit<Video>[] {
    return [...this.#videos].flatMap(([video, { found, sum, known }]) => {
      const frames = framesOf(video);
      if (frames === 0) return [];
      const queryPercent = (100 * found) / askedFrames;
      const comparedPercent = (100 * known) / frames;
      const isMatch =
        queryPercent >= VPDQ_THRESHOLDS.queryPercent && comparedPercent >= VPDQ_THRESHOLDS.comparedPercent;
      return isMatch ? [{ video, queryPercent, comparedPercent, distance: Math.ceil(sum / found) }] : [];
    });
  }
}
