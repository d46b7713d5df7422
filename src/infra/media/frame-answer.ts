import { isHash256 } from '../../perceptual/hex';
import type { HashedFrames, SampledFrame } from './frame-sampler';

/** The child has handled what a decoder made of hostile bytes, so its answer is read like a stranger's. */
export function readFrameAnswer(message: unknown, maxFrames: number): HashedFrames | null {
  if (!isRecord(message) || !isCount(message.sampled) || !Array.isArray(message.frames)) return null;
  const frames = message.frames.map(readFrame).filter((frame) => frame !== null);
  if (frames.length !== message.frames.length || frames.length > maxFrames) return null;
  return { sampled: message.sampled, frames };
}

function readFrame(value: unknown): SampledFrame | null {
  if (!isRecord(value)) return null;
  const { index, hash, quality } = value;
  if (!isCount(index) || !isHash256(hash) || !isCount(quality) || quality > 100) return null;
  return { index, hash, quality };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
