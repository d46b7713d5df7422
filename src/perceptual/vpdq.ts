import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { wordsDistance } from './hamming';
import { isHash256, parseHash256 } from './hex';
import type { HashWords } from './hex';
import { PDQ_MATCH_RADIUS, PDQ_MIN_QUALITY } from './pdq';

/**
 * vPDQ (Meta, ThreatExchange repository, "vpdq"): a video is the set of the PDQ hashes of frames sampled from it, by
 * convention one a second. Two videos are compared by the share of each one's frames that has a near frame in the
 * other, so a clip cut in time out of a longer video is wholly found in it. Order and times take no part.
 */
export interface VpdqFrame {
  /** PDQ, 64 lower-case hex digits. */
  readonly hash: string;
  /** PDQ quality, 0..100. */
  readonly quality: number;
  /** Number of the frame in its video, from 0; in the JSON form, which has none, the position in the list. */
  readonly frame: number;
  /** Milliseconds from the start of the video. */
  readonly atMs: number;
}

export interface VpdqComparison {
  /** Share of the query's usable frames that have a frame within the radius in the other video, 0..100. */
  readonly queryPercent: number;
  readonly comparedPercent: number;
  readonly matchedQuery: number;
  readonly matchedCompared: number;
}

export interface VpdqThresholds {
  readonly queryPercent: number;
  readonly comparedPercent: number;
}

/** Of one video among the shared hashes: more than five hours of one frame a second. */
export const MOST_VIDEO_FRAMES = 20_000;

export const VPDQ_RADIUS = PDQ_MATCH_RADIUS;
/** What the field's clients use: most of the query must be known, however little of the known video it is. */
export const VPDQ_THRESHOLDS: VpdqThresholds = { queryPercent: 80, comparedPercent: 0 };

/** The frames that take part: quality 50 or more, the first of each hash, in their order. */
export function usableFrames(frames: readonly VpdqFrame[]): VpdqFrame[] {
  const seen = new Set<string>();
  return frames.filter(({ hash, quality }) => {
    if (quality < PDQ_MIN_QUALITY || seen.has(hash)) return false;
    seen.add(hash);
    return true;
  });
}

/**
 * Every usable frame of one against every usable frame of the other. A side without usable frames counts 0 per cent.
 * @throws RangeError when a hash is not 64 lower-case hex digits.
 */
export function compareFrames(
  query: readonly VpdqFrame[],
  compared: readonly VpdqFrame[],
  radius = VPDQ_RADIUS,
): VpdqComparison {
  const asked = usableFrames(query).map(({ hash }) => parseHash256(hash));
  const known = usableFrames(compared).map(({ hash }) => parseHash256(hash));
  const matchedQuery = countNear(asked, known, radius);
  const matchedCompared = countNear(known, asked, radius);
  return {
    queryPercent: percent(matchedQuery, asked.length),
    comparedPercent: percent(matchedCompared, known.length),
    matchedQuery,
    matchedCompared,
  };
}

/** Both shares reach their thresholds and at least one frame was found: videos without usable frames never match. */
export function isVpdqMatch(
  { queryPercent, comparedPercent, matchedQuery }: VpdqComparison,
  thresholds: VpdqThresholds = VPDQ_THRESHOLDS,
): boolean {
  return matchedQuery > 0 && queryPercent >= thresholds.queryPercent && comparedPercent >= thresholds.comparedPercent;
}

/**
 * One value for a set of frames: SHA-256 over the distinct usable hashes, sorted, each followed by a line feed. It is
 * the `value` of a signal of type vpdq: equal for equal sets whatever their order, times and unusable frames.
 * Null when no frame is usable: such a video says nothing.
 */
export function vpdqDigest(frames: readonly VpdqFrame[]): string | null {
  const hashes = usableFrames(frames).map(({ hash }) => hash);
  return hashes.length === 0 ? null : digestOfHashes(hashes);
}

/** The same of hashes that are distinct and usable already, and at least one. */
export function digestOfHashes(hashes: readonly string[]): string {
  // Hex digits sort alike as text and as bytes.
  const lines = [...hashes].sort().map((hash) => `${hash}\n`);
  return bytesToHex(sha256(utf8ToBytes(lines.join(''))));
}

function countNear(from: readonly HashWords[], to: readonly HashWords[], radius: number): number {
  return from.filter((hash) => to.some((other) => wordsDistance(hash, other) <= radius)).length;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** @throws RangeError when the frame is not one: see {@link VpdqFrame}. */
export function checkVpdqFrame({ hash, quality, frame, atMs }: VpdqFrame, where = 'A frame'): void {
  if (!isHash256(hash)) throw new RangeError(`${where}: the hash is 64 lower-case hex digits`);
  if (!Number.isInteger(quality) || quality < 0 || quality > 100) {
    throw new RangeError(`${where}: the quality is a whole number from 0 to 100`);
  }
  if (!Number.isSafeInteger(frame) || frame < 0) throw new RangeError(`${where}: the frame number is a whole number`);
  if (!Number.isFinite(atMs) || atMs < 0) throw new RangeError(`${where}: the time is a number of seconds from 0`);
}
