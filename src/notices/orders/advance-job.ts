import type { Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';

/** Mails the information before a first order; `deliveries` does it, and imports this, because notices may not import upwards. */
export const ADVANCE_MAIL = 'advance-mail';

/** Adds the job that mails an information to every address of its platform, in the transaction that writes it. */
export const mailInformation = (tx: Tx, informationId: string): Promise<void> =>
  addJob(tx, ADVANCE_MAIL, { informationId }, { key: `${ADVANCE_MAIL}:${informationId}` });
