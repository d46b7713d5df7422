import { checkVpdqFrame } from './vpdq';
import type { VpdqFrame } from './vpdq';

/**
 * The two written forms of vPDQ: the reference tool's text, a frame a line, `frameNumber,quality,hash,timestamp`; and
 * the JSON of the field's Python clients (tx), an array of `"<hash>,<quality>,<timestamp>"`. Timestamps are seconds
 * with three decimals.
 */
export const MAX_VPDQ_FRAMES = 100_000;

const WHOLE = /^\d{1,15}$/;
const SECONDS = /^\d{1,9}(\.\d{1,9})?$/;

/** @throws RangeError when a frame is not one. */
export function formatVpdqText(frames: readonly VpdqFrame[]): string {
  return frames.map((frame) => `${lineOf(frame)}\n`).join('');
}

function lineOf(frame: VpdqFrame): string {
  checkVpdqFrame(frame);
  return `${frame.frame},${frame.quality},${frame.hash},${seconds(frame.atMs)}`;
}

/** Empty lines are skipped. @throws RangeError that names the line, counted from 1, and what is wrong with it. */
export function parseVpdqText(text: string): VpdqFrame[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  refuseTooMany(lines.length - 1);
  return lines.flatMap((line, i) => (line === '' ? [] : [parseLine(line, `Line ${i + 1}`)]));
}

function parseLine(line: string, where: string): VpdqFrame {
  const fields = line.split(',');
  const [frame, quality, hash, time] = fields;
  if (fields.length !== 4 || frame === undefined || quality === undefined || hash === undefined) {
    throw new RangeError(`${where}: needs frame number, quality, hash and timestamp, with commas between them`);
  }
  if (!WHOLE.test(frame)) throw new RangeError(`${where}: the frame number is a whole number`);
  return readFrame(hash, quality, time, Number(frame), where);
}

/** @throws RangeError when a frame is not one. */
export function formatVpdqJson(frames: readonly VpdqFrame[]): string {
  return JSON.stringify(
    frames.map((frame) => {
      checkVpdqFrame(frame);
      return `${frame.hash},${frame.quality},${seconds(frame.atMs)}`;
    }),
  );
}

/** @throws RangeError that names the entry, counted from 1, and what is wrong with it. */
export function parseVpdqJson(text: string): VpdqFrame[] {
  const value = readJson(text);
  if (!Array.isArray(value)) throw new RangeError('vPDQ in JSON is an array of texts');
  refuseTooMany(value.length);
  return value.map((entry: unknown, i) => {
    const where = `Entry ${i + 1}`;
    const fields = typeof entry === 'string' ? entry.split(',') : [];
    const [hash, quality, time] = fields;
    if (fields.length !== 3 || hash === undefined || quality === undefined) {
      throw new RangeError(`${where}: needs hash, quality and timestamp in one text, with commas between them`);
    }
    return readFrame(hash, quality, time, i, where);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('vPDQ in JSON is an array of texts, and this is not JSON');
  }
}

function readFrame(hash: string, quality: string, time: string | undefined, frame: number, where: string): VpdqFrame {
  if (!WHOLE.test(quality)) throw new RangeError(`${where}: the quality is a whole number from 0 to 100`);
  if (!SECONDS.test(time ?? '')) throw new RangeError(`${where}: the time is a number of seconds from 0`);
  const read = { hash, quality: Number(quality), frame, atMs: Math.round(Number(time) * 1000) };
  checkVpdqFrame(read, where);
  return read;
}

function refuseTooMany(count: number): void {
  if (count > MAX_VPDQ_FRAMES) throw new RangeError(`A video has at most ${MAX_VPDQ_FRAMES} frames here`);
}

function seconds(atMs: number): string {
  return (atMs / 1000).toFixed(3);
}
