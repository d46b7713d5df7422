import { randomFrom } from './images';

interface Baseline {
  readonly width: number;
  readonly height: number;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Codes of 13 to 16 bits for nearly everything. */
  readonly longCodes: boolean;
  readonly seed: number;
}

/** Code and its length for each symbol, and the table as a file carries it. */
interface Codes {
  readonly codes: Map<number, readonly [number, number]>;
  readonly table: number[];
}

const DC_SYMBOLS = Array.from({ length: 12 }, (_, size) => size);
const SIZES = Array.from({ length: 10 }, (_, i) => i + 1);
const AC_SYMBOLS = [
  0x00,
  0xf0,
  ...Array.from({ length: 16 }, (_, run) => SIZES.map((size) => (run << 4) | size)).flat(),
];

function codesOf(symbols: readonly number[], counts: readonly number[]): Codes {
  const codes = new Map<number, readonly [number, number]>();
  let [code, index] = [0, 0];
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++, code++, index++) codes.set(symbols[index]!, [code, i + 1]);
    code <<= 1;
  });
  return { codes, table: [...counts, ...symbols.slice(0, index)] };
}

/** Bits, with zeros stuffed behind 0xff, filled up with ones. */
class BitWriter {
  readonly bytes: number[] = [];
  #held = 0;
  #count = 0;

  write(bits: number, length: number): void {
    for (let i = length - 1; i >= 0; i--) {
      this.#held = (this.#held << 1) | ((bits >> i) & 1);
      if (++this.#count < 8) continue;
      this.bytes.push(this.#held);
      if (this.#held === 0xff) this.bytes.push(0);
      this.#held = this.#count = 0;
    }
  }

  finish(): void {
    while (this.#count > 0) this.write(1, 1);
  }
}

const sizeOf = (value: number): number => 32 - Math.clz32(Math.abs(value));

function writeValue(writer: BitWriter, codes: Codes, run: number, value: number): void {
  const size = sizeOf(value);
  writer.write(...codes.codes.get((run << 4) | size)!);
  writer.write(value < 0 ? value + (1 << size) - 1 : value, size);
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}

/**
 * A smooth picture of blocks with random coefficients: few, one at the very end (no end of block), behind long runs, and
 * now and then one of the greatest there are. Mostly within black and white, beyond which a decoder would cut them off.
 */
function coefficients(random: () => number, x: number, y: number): Map<number, number> {
  const block = new Map<number, number>();
  const low = Math.floor(random() * 6);
  for (let k = 1; k <= low; k++) block.set(k, Math.round((random() - 0.5) * 40));
  if (random() < 0.2) block.set(63, 1 + Math.floor(random() * 3));
  if (random() < 0.2) block.set(20 + Math.floor(random() * 40), -1 - Math.floor(random() * 40));
  if (random() < 0.003) block.set(30, 1023);
  block.set(0, Math.round(280 * Math.sin(x / 9) * Math.cos(y / 7) + (random() - 0.5) * 100));
  return block;
}

/** A grey baseline JPEG made code by code, for what sharp does not write: restart markers and long codes. */
export function baselineJpeg({ width, height, restartInterval, longCodes, seed }: Baseline): Buffer {
  const dc = codesOf(DC_SYMBOLS, longCodes ? [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 3] : [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // prettier-ignore
  const ac = codesOf(AC_SYMBOLS, longCodes ? [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 40, 40, 61] : [0, 0, 1, 2, 3, 6, 20, 20, 110, 0, 0, 0, 0, 0, 0, 0]); // prettier-ignore
  const random = randomFrom(seed);
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const scan: number[] = [];
  let writer = new BitWriter();
  let mean = 0;
  for (let mcu = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      writer.finish();
      for (const byte of writer.bytes) scan.push(byte);
      scan.push(0xff, 0xd0 + ((mcu / restartInterval - 1) & 7));
      writer = new BitWriter();
      mean = 0;
    }
    const block = coefficients(random, mcu % across, Math.floor(mcu / across));
    writeValue(writer, dc, 0, block.get(0)! - mean);
    mean = block.get(0)!;
    let run = 0;
    for (let k = 1; k < 64; k++, run++) {
      const value = block.get(k) ?? 0;
      if (value === 0) continue;
      for (; run > 15; run -= 16) writer.write(...ac.codes.get(0xf0)!);
      writeValue(writer, ac, run, value);
      run = -1;
    }
    if (run > 0) writer.write(...ac.codes.get(0)!);
  }
  writer.finish();
  for (const byte of writer.bytes) scan.push(byte);
  return Buffer.from([
    0xff, 0xd8,
    ...segment(0xdb, [0, ...Array.from({ length: 64 }, (_, k) => (k < 6 ? 2 : 1))]),
    ...segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x22, 0]),
    ...segment(0xc4, [0x00, ...dc.table]),
    ...segment(0xc4, [0x10, ...ac.table]),
    ...(restartInterval > 0 ? segment(0xdd, [restartInterval >> 8, restartInterval & 255]) : []),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  ].concat(scan, [0xff, 0xd9])); // prettier-ignore
}
