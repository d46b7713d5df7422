import { HASH256_BYTES } from '../../../src/perceptual/hex';
import { MOST_VIDEO_FRAMES, digestOfHashes } from '../../../src/perceptual/vpdq';

const DIGITS = HASH256_BYTES * 2;

/** Of the longest text of frames that is taken. */
export const MOST_FRAMES_CHARACTERS = MOST_VIDEO_FRAMES * DIGITS;

/**
 * The usable frames of a film, 32 bytes each, from the hex text of a line.
 * @param digest the film's value; null where somebody else vouches for the text
 * @returns undefined when it is no such text, or not that of this film
 */
export function readFrames(text: unknown, digest: string | null): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length === 0 || text.length > MOST_FRAMES_CHARACTERS) return undefined;
  if (text.length % DIGITS !== 0 || /[^0-9a-f]/.test(text)) return undefined;
  if (digest !== null && digestOfHashes(hashesIn(text)) !== digest) return undefined;
  return Buffer.from(text, 'hex');
}

export const writeFrames = (frames: Uint8Array): string => Buffer.from(frames).toString('hex');

const hashesIn = (text: string): string[] =>
  Array.from({ length: text.length / DIGITS }, (_, at) => text.slice(at * DIGITS, (at + 1) * DIGITS));
