import { bitsAboveMedian, dct16, gridQuality, turnDct } from './pdq-dct';
import type { PdqTurn } from './pdq-dct';
import { PDQ_SIDE, lumaGrid } from './pdq-filter';
import { stripGrid } from './pdq-strips';
import { pdqMachine } from './pdq-wasm';
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
  return hashOf(analyse(pixels));
}

/** The same without WebAssembly. @throws RangeError when the pixels are not of the size they claim. */
export function pdqHashPlain(pixels: Pixels): PdqHash {
  return hashOf(analysePlain(pixels));
}

/**
 * The hashes of the picture and of its seven rotations and mirrorings, from one DCT. They are for asking, not for
 * storing: a turned file's own hash differs from them by a few bits, because the sampling grid is not symmetric.
 * @throws RangeError when the pixels are not of the size they claim.
 */
export function pdqDihedral(pixels: Pixels): { quality: number; hashes: Record<PdqTurn, string> } {
  const found = analyse(pixels);
  const hash = (turn: PdqTurn): string => (found ? bitsAboveMedian(turnDct(found.dct, turn)) : NO_HASH);
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
  return { quality: found?.quality ?? 0, hashes };
}

/** The hash of 64 x 64 luma values, filtered already. */
export function pdqOfGrid(grid: Float32Array): PdqHash {
  return hashOf({ dct: pdqMachine()?.dct16(grid) ?? dct16(grid), quality: gridQuality(grid) });
}

/** What is left of a picture before its bits are drawn; null for one that is too small to have any. */
interface Analysis {
  /** 16 x 16 float32, row-major. */
  readonly dct: Float32Array;
  readonly quality: number;
}

function hashOf(found: Analysis | null): PdqHash {
  return found ? { hash: bitsAboveMedian(found.dct), quality: found.quality } : { hash: NO_HASH, quality: 0 };
}

function analyse(pixels: Pixels): Analysis | null {
  const machine = pdqMachine();
  if (!machine) return analysePlain(pixels);
  checkPixels(pixels);
  if (tooSmall(pixels)) return null;
  const unfiltered = pixels.width === PDQ_SIDE && pixels.height === PDQ_SIDE;
  const grid = (unfiltered ? null : stripGrid(machine, pixels)) ?? lumaGrid(pixels);
  return { dct: machine.dct16(grid), quality: gridQuality(grid) };
}

function analysePlain(pixels: Pixels): Analysis | null {
  checkPixels(pixels);
  if (tooSmall(pixels)) return null;
  const grid = lumaGrid(pixels);
  return { dct: dct16(grid), quality: gridQuality(grid) };
}

function tooSmall({ width, height }: Pixels): boolean {
  return Math.min(width, height) < PDQ_MIN_SIDE;
}
