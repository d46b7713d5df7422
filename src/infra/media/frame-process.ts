import type { ChildProcess } from 'node:child_process';
import { ended, mustHaveRun } from './confined';
import { readFrameAnswer } from './frame-answer';
import type { HashedFrames } from './frame-sampler';
import type { FrameHasher } from './frame-sampling';
import { startWorker } from './worker-process';

/** For the process to finish the frame it has and answer, once nothing more comes. */
const ANSWER_MS = 30_000;

/**
 * Frames are hashed in a process of their own, into which the decoder writes: no pixel passes through this one, and the
 * decoder waits when that is slower.
 */
export function startFrameProcess(width: number, height: number, maxFrames: number): FrameHasher {
  const child = startWorker('video.worker', [width, height, maxFrames].map(String));
  const { stdin } = child;
  if (!stdin) throw new Error('A child without standard input');
  const ending = ended(child);
  const answered = answerOf(child, maxFrames);
  const kill = (): void => void child.kill('SIGKILL');
  return {
    output: stdin,
    // The decoder has its own copy of this end; ours would keep the process waiting for more.
    listen: () => void stdin.destroy(),
    kill,
    async finish() {
      const grace = setTimeout(kill, ANSWER_MS);
      const answer = await Promise.race([answered, ending.then(() => null)]);
      clearTimeout(grace);
      kill();
      mustHaveRun(await ending);
      return answer;
    },
  };
}

function answerOf(child: ChildProcess, maxFrames: number): Promise<HashedFrames | null> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(readFrameAnswer(message, maxFrames)));
  });
}
