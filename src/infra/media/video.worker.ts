/** Entry of a frame-hashing child process; see video.ts. argv: width, height, the most frames to keep. */
import { FrameSampler } from './frame-sampler';

const [width = 0, height = 0, maxFrames = 0] = process.argv.slice(2).map(Number);
const sampler = new FrameSampler(width, height, maxFrames);

// Whoever started us is gone: nobody waits for an answer, and the decoder ends when nobody reads.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.stdin.on('data', (chunk: Buffer) => sampler.push(chunk));
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  process.send?.({ sampled: sampler.sampled, frames: sampler.frames }, () => process.disconnect());
});
