import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../data-source';
import type { Config } from '../infra/config';
import { openDatabase } from '../infra/database/connect';
import { Work } from '../infra/database/work';
import { StartError } from '../infra/embedded/start-error';
import { LedgerKey } from '../ledger/ledger-key';
import { verifyLedger, type LedgerAudit } from '../ledger/verify';

/** EX_DATAERR of sysexits.h is 65; scripts of ours know 5 as "does not verify". */
const DOES_NOT_VERIFY = 5;

function tell(audit: LedgerAudit): void {
  const { size, root, pending, tiles, checkpoints, erasedBodies } = audit;
  process.stdout.write(
    `${audit.ok ? 'The ledger verifies' : 'THE LEDGER DOES NOT VERIFY'}: ${size} entries, ${checkpoints} checkpoints, ${tiles} full tiles, ` +
      `${pending} waiting for their place, ${erasedBodies} texts erased on record.\nRoot ${root}\n`,
  );
  const [first] = audit.faults;
  if (!first) return;
  const place = first.seq === null ? 'outside the tree' : `sequence ${first.seq}`;
  process.stdout.write(
    `First that does not fit: ${place}${first.entryId ? `, entry ${first.entryId}` : ''}: ${first.what}\n`,
  );
}

/**
 * Derives the ledger again from the tables, beside a running service or without one, and prints what was found.
 * Returns the exit code: 0, or 5 with the first entry that does not fit.
 */
export async function verifyInstallation(config: Config, asJson: boolean): Promise<number> {
  // A key made now would fit no checkpoint and hide that the right one is missing.
  if (!existsSync(join(config.secretsDirectory, 'ledger.key'))) {
    throw new StartError(
      `There is no ledger.key in ${config.secretsDirectory}: point CLEPSYDRA_SECRETS at the service's secrets.`,
    );
  }
  const database = await openDatabase(config, { shared: true });
  const source = new DataSource(dataSourceOptions(database.workerUrl, 4));
  try {
    await source.initialize();
    const work = new Work(source, source, database.scopeKey);
    const key = LedgerKey.open(config.secretsDirectory, config.ledgerOrigin);
    const audit = await verifyLedger(work, key.verifier);
    if (asJson) process.stdout.write(`${JSON.stringify(audit)}\n`);
    else tell(audit);
    return audit.ok ? 0 : DOES_NOT_VERIFY;
  } finally {
    if (source.isInitialized) await source.destroy();
    await database.stop();
  }
}
