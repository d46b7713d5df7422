import { isCount, isRecord } from '../../domain/json';
import { readPdq } from '../imaging/protocol';
import type { HashedFrames, SampledFrame } from './frame-sampler';

/** The child has handled what a decoder made of hostile bytes, so its answer is read like a stranger's. */
export function readFrameAnswer(message: unknown, maxFrames: number): HashedFrames | null {
  if (!isRecord(message) || !isCount(message.sampled) || !Array.isArray(message.frames)) return null;
  const frames = message.frames.map(readFrame).filter((frame) => frame !== null);
  if (frames.length !== message.frames.length || frames.length > maxFrames) return null;
  return { sampled: message.sampled, frames };
}

function readFrame(value: unknown): SampledFrame | null {
  const pdq = readPdq(value);
  return pdq && isRecord(value) && isCount(value.index) ? { index: value.index, ...pdq } : null;
}
