import type { Clepsydra } from '../clepsydra';
import type { Notice } from '../notice-api';
import { signedIn, type Context } from './context';
import { noticeLines } from './describe';
import { EXIT, type ExitCode } from './exit';
import { findNotice } from './find-notice';

export const THE_NOTICE = { args: '<notice>', positionals: [1, 1] } as const;

/** Finds the notice, does something to it, prints what it is now. */
export async function act(
  context: Context,
  verb: (client: Clepsydra, notice: Notice) => Promise<Notice>,
): Promise<ExitCode> {
  const { input, output } = context;
  const client = signedIn(context);
  const after = await verb(client, await findNotice(client, input.positionals[0] ?? ''));
  const { receipt, ...notice } = after;
  output.result({ ...notice, ...(receipt ? { receipt } : {}) }, () => noticeLines(after, output, client.wire.now()));
  return EXIT.ok;
}
