import type { ProblemCode } from './errors';
import { CASE_HELP } from './problem-help/cases';
import { CHANNEL_HELP } from './problem-help/channels';
import { EXCHANGE_HELP } from './problem-help/exchange';
import { FILE_HELP } from './problem-help/files';
import { NOTICE_HELP } from './problem-help/notices';
import { ORDER_HELP } from './problem-help/orders';
import { PARTY_HELP } from './problem-help/parties';
import { RECEIVED_ORDER_HELP } from './problem-help/received-orders';
import { REQUEST_HELP } from './problem-help/requests';
import { SIGNAL_HELP } from './problem-help/signals';

/** What each error means and what to do about it, for its page under /problems. A test names the codes that lack a text. */
export const PROBLEM_HELP: Readonly<Record<ProblemCode, string>> = {
  ...REQUEST_HELP,
  ...PARTY_HELP,
  ...FILE_HELP,
  ...CASE_HELP,
  ...NOTICE_HELP,
  ...ORDER_HELP,
  ...RECEIVED_ORDER_HELP,
  ...CHANNEL_HELP,
  ...SIGNAL_HELP,
  ...EXCHANGE_HELP,
};
