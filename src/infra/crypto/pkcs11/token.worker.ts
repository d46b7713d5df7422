/**
 * Entry of a process that speaks to one token; see token.ts. A module is a library of whoever made the token: its calls block,
 * it keeps state of its own, and what it breaks is this process alone. The PIN is read here and never leaves.
 */
import { faultOf, TokenSession } from './token-session';
import type { TokenAnswer, TokenTask } from './token-task';

let session: TokenSession | undefined;

function carryOut({ place, work, refusedPin }: TokenTask): TokenAnswer {
  try {
    session ??= TokenSession.open(place, refusedPin);
    return { values: work.verb === 'sign' ? [session.sign(work.scheme, work.bytes)] : session.certificates() };
  } catch (error) {
    const { fault, message, refusedPin: refused } = faultOf(error);
    return { fault, reason: message, refusedPin: refused };
  }
}

process.on('message', (task: TokenTask) => process.send?.(carryOut(task)));
process.on('disconnect', () => {
  try {
    session?.close();
  } finally {
    process.exit();
  }
});
