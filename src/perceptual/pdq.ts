import { bitsAboveMedian, dct16, gridQuality, turnDct } from './pdq-dct';
import type { PdqTurn } from './pdq-dct';
import { lumaGrid } from './pdq-filter';
import { checkPixels } from './pixels';
import type { Pixels } from './pixels';

/**
 * PDQ (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019), from the full-resolution
 * picture as the field's Python clients compute it: equal to them bit for bit. The C++ command first shrinks to
 * 512 x 512 by nearest neighbour, which moves up to 10 bits.
 *
 * EXIF orientation is not applied, alpha is ignored, grey is its own luma. A picture with a side under 5 pixels has
 * no hash: all zeros, quality 0.
 */
export interface PdqHash {
  /** 64 lower-case hex digits. */
  readonly hash: string;
  /** 0..100; below {@link PDQ_MIN_QUALITY} the hash says too little to match on. */
  readonly quality: number;
}

export const PDQ_MIN_SIDE = 5;
/** Distances up to and including this are a match by the field's convention. */
export const PDQ_MATCH_RADIUS = 31;
/** A hash of quality 49 or less is neither contributed nor matched. */
export const PDQ_MIN_QUALITY = 50;
const NO_HASH = '0'.repeat(64);

/** @throws RangeError when the pixels are not of the size they claim. */
export function pdqHash(pixels: Pixels): PdqHash {
  checkPixels(pixels);
  if (tooSmall(pixels)) return { hash: NO_HASH, quality: 0 };
  const grid = lumaGrid(pixels);
  return { hash: bitsAboveMedian(dct16(grid)), quality: gridQuality(grid) };
}

/**
 * The hashes of the picture and of its seven rotations and mirrorings, from one DCT. They are for asking, not for
 * storing: a turned file's own hash differs from them by a few bits, because the sampling grid is not symmetric.
 * @throws RangeError when the pixels are not of the size they claim.
 */
export function pdqDihedral(pixels: Pixels): { quality: number; hashes: Record<PdqTurn, string> } {
  checkPixels(pixels);
  const grid = tooSmall(pixels) ? null : lumaGrid(pixels);
  const dct = grid && dct16(grid);
  const hash = (turn: PdqTurn): string => (dct ? bitsAboveMedian(turnDct(dct, turn)) : NO_HASH);
  const hashes = {
    original: hash('original'),
    rotate90: hash('rotate90'),
    rotate180: hash('rotate180'),
    rotate270: hash('rotate270'),
    flipX: hash('flipX'),
    flipY: hash('flipY'),
    flipPlus1: hash('flipPlus1'),
    flipMinus1: hash('flipMinus1'),
  };
  return { quality: grid ? gridQuality(grid) : 0, hashes };
}

function tooSmall({ width, height }: Pixels): boolean {
  return Math.min(width, height) < PDQ_MIN_SIDE;
}
