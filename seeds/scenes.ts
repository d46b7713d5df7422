import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../src/perceptual/pixels';

/**
 * Abstract pictures made from a seed: a gradient, bands and coloured shapes. The same seed gives the same pixels at the
 * same size everywhere; different seeds are unrelated to every perceptual hash. No file of the world is needed.
 */
export interface SceneSize {
  readonly width: number;
  readonly height: number;
}

/** Local names: under jest each look-up of a global in a loop over pixels costs more than the pixel. */
const { abs, imul, max, min, round, sin } = Math;

const SIZE: SceneSize = { width: 640, height: 427 };

/** mulberry32: a small generator whose whole state is the seed. Values in 0..1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Colour = readonly [number, number, number];

interface Shape {
  readonly round: boolean;
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly colour: Colour;
}

interface Scene {
  readonly corners: readonly [Colour, Colour, Colour, Colour];
  readonly waves: readonly [number, number, number];
  readonly shapes: readonly Shape[];
}

function sceneOf(seed: number): Scene {
  const random = randomFrom(seed);
  // As saturated as photographs are. With colours from the whole cube, hues of equal brightness lie side by side, and
  // PDQ (which sees 0.299 R + 0.587 G + 0.114 B) rightly loses 2 of 24 scenes to a greyscale that weighs otherwise.
  const colour = (): Colour => {
    const light = random() * 255;
    const tinted = (): number => light * 0.65 + random() * 255 * 0.35;
    return [tinted(), tinted(), tinted()];
  };
  const corners = [colour(), colour(), colour(), colour()] as const;
  const waves = [random() * 9, random() * 9, random() * 40] as const;
  const shapes = Array.from({ length: 14 }, () => ({
    round: random() < 0.5,
    x: random(),
    y: random(),
    halfWidth: 0.03 + random() * 0.2,
    halfHeight: 0.03 + random() * 0.2,
    colour: colour(),
  }));
  return { corners, waves, shapes };
}

/** RGB pixels of the scene of this seed. */
export function scenePixels(seed: number, size: SceneSize = SIZE): Pixels & { data: Uint8Array } {
  const scene = sceneOf(seed);
  const data = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      paint(scene, data, (y * size.width + x) * 3, (x + 0.5) / size.width, (y + 0.5) / size.height);
    }
  }
  return { data, width: size.width, height: size.height, channels: 3 };
}

function paint({ corners, waves, shapes }: Scene, out: Uint8Array, at: number, u: number, v: number): void {
  const shape = shapes.findLast((one) => inside(one, u, v));
  const wave = waves[2] * sin(waves[0] * u * 6.28 + waves[1] * v * 6.28);
  const [northWest, northEast, southWest, southEast] = corners;
  for (let c = 0; c < 3; c++) {
    const top = (northWest[c] ?? 0) * (1 - u) + (northEast[c] ?? 0) * u;
    const bottom = (southWest[c] ?? 0) * (1 - u) + (southEast[c] ?? 0) * u;
    const base = shape ? (shape.colour[c] ?? 0) : top * (1 - v) + bottom * v;
    out[at + c] = max(0, min(255, round(base + wave)));
  }
}

function inside(shape: Shape, u: number, v: number): boolean {
  const x = (u - shape.x) / shape.halfWidth;
  const y = (v - shape.y) / shape.halfHeight;
  return shape.round ? x * x + y * y < 1 : abs(x) < 1 && abs(y) < 1;
}

/** A sharp pipeline over pixels, for a format of one's own. */
export function pipelineOf({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

export function sceneJpeg(seed: number, size: SceneSize = SIZE, quality = 90): Promise<Buffer> {
  return pipelineOf(scenePixels(seed, size)).jpeg({ quality }).toBuffer();
}

export function scenePng(seed: number, size: SceneSize = SIZE): Promise<Buffer> {
  return pipelineOf(scenePixels(seed, size)).png().toBuffer();
}

/** What happens to a picture on its way from one site to the next. */
export function recompressed(image: Buffer, quality = 40): Promise<Buffer> {
  return sharp(image).jpeg({ quality }).toBuffer();
}
