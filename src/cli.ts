import { parseArgs } from 'node:util';
import { checkDatabase } from './commands/db-check';
import { askSecret, initialise } from './commands/init';
import { describeApi } from './commands/openapi';
import { verifyInstallation } from './commands/verify';
import { ConfigurationError, readConfig } from './infra/config';
import { explainStartError } from './infra/embedded/start-error';

const HELP = `The operator's commands, run beside the service's data and secrets:

  clepsydra init      make the first organisation and person on a server of your own (DATABASE_URL), once
                      --organisation NAME --slug SLUG --email ADDRESS --name NAME (the password is asked, or read from a pipe)
  clepsydra verify    re-derive the whole ledger from the tables; names the first entry that does not fit
  clepsydra db-check  compare a fresh database with entities and docs/catalogue.json [--update]
  clepsydra openapi   write docs/openapi.json [--check]
`;

const options = {
  organisation: { type: 'string' },
  slug: { type: 'string' },
  email: { type: 'string' },
  name: { type: 'string' },
  check: { type: 'boolean' },
  update: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse(args: string[]): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  return parseArgs({ args, options, allowPositionals: true });
}

const MISUSED = 2;

async function init(values: Values): Promise<number> {
  const { organisation, slug, email, name } = values;
  if (!organisation || !slug || !email || !name) {
    process.stderr.write('clepsydra init needs --organisation, --slug, --email and --name.\n');
    return MISUSED;
  }
  const password = await askSecret('Password for the first person (12 characters or more): ');
  if (password.length < 12) {
    process.stderr.write('The password must have 12 characters or more.\n');
    return MISUSED;
  }
  await initialise(readConfig(), { organisation, slug, email, name, password });
  process.stdout.write(`Ready. Start the service and sign in as ${email}.\n`);
  return 0;
}

async function checkDb(values: Values): Promise<number> {
  const drift = await checkDatabase(values.update ?? false);
  for (const line of drift) process.stderr.write(`${line}\n`);
  if (drift.length > 0) return 1;
  process.stdout.write('The database, the entities and docs/catalogue.json agree.\n');
  return 0;
}

function openapi(values: Values): number {
  const fault = describeApi(values.check ?? false);
  if (fault) process.stderr.write(`${fault}\n`);
  return fault ? 1 : 0;
}

async function run(): Promise<number> {
  const { values, positionals } = parse(process.argv.slice(2));
  const verb = positionals[0];
  if (values.help || !verb) {
    process.stdout.write(HELP);
    return verb || values.help ? 0 : MISUSED;
  }
  switch (verb) {
    case 'init':
      return init(values);
    case 'verify':
      return verifyInstallation(readConfig(), values.json ?? false);
    case 'db-check':
      return checkDb(values);
    case 'openapi':
      return openapi(values);
    default:
      process.stderr.write(`There is no command “${verb}”.\n\n${HELP}`);
      return MISUSED;
  }
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof ConfigurationError) {
      process.stderr.write(`${error.faults.join('\n')}\n`);
      process.exit(78);
    }
    const misused = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${misused ? error.message : explainStartError(error)}\n`);
    process.exit(misused ? MISUSED : 1);
  },
);
