import { version } from '../package.json';
import { readInput, type Input } from './cli/args';
import { profileOf, type Context } from './cli/context';
import { delegate } from './cli/delegate';
import { EXIT, UsageError, asJson, exitCodeOf, explain } from './cli/exit';
import { exitCodes, helpOf, overview } from './cli/help';
import { Output } from './cli/output';
import type { Verb } from './cli/verb';
import { ANSWER_VERBS } from './cli/verbs/answers';
import { CASE_VERBS } from './cli/verbs/cases';
import { CONTRIBUTE_VERBS } from './cli/verbs/contribute';
import { CREDENTIAL_VERBS } from './cli/verbs/credentials';
import { EVIDENCE_VERBS } from './cli/verbs/evidence';
import { FIGURE_VERBS } from './cli/verbs/figures';
import { FORM_VERBS } from './cli/verbs/forms';
import { HASH_VERBS } from './cli/verbs/hash';
import { LIST_VERBS } from './cli/verbs/lists';
import { MATCH_VERBS } from './cli/verbs/match';
import { NOTICE_VERBS } from './cli/verbs/notices';
import { OPINION_VERBS } from './cli/verbs/opinions';
import { POLICY_VERBS } from './cli/verbs/policy';
import { RECEIPT_VERBS } from './cli/verbs/receipts';
import { RECEIVE_VERBS } from './cli/verbs/receive';
import { REFER_VERBS } from './cli/verbs/refer';
import { REPORT_VERBS } from './cli/verbs/report';
import { RETRACT_VERBS } from './cli/verbs/retract';
import { SCAN_VERBS } from './cli/verbs/scan';
import { SECOND_PERSON_VERBS } from './cli/verbs/second-person';
import { SESSION_VERBS } from './cli/verbs/session';
import { SOURCE_VERBS } from './cli/verbs/sources';
import { WATCH_VERBS } from './cli/verbs/watch';

export const VERBS: readonly Verb[] = [
  ...SESSION_VERBS,
  ...REFER_VERBS,
  ...REPORT_VERBS,
  ...SECOND_PERSON_VERBS,
  ...WATCH_VERBS,
  ...NOTICE_VERBS,
  ...ANSWER_VERBS,
  ...RECEIVE_VERBS,
  ...MATCH_VERBS,
  ...CONTRIBUTE_VERBS,
  ...RETRACT_VERBS,
  ...OPINION_VERBS,
  ...LIST_VERBS,
  ...SOURCE_VERBS,
  ...CREDENTIAL_VERBS,
  ...POLICY_VERBS,
  ...HASH_VERBS,
  ...SCAN_VERBS,
  ...CASE_VERBS,
  ...EVIDENCE_VERBS,
  ...FIGURE_VERBS,
  ...RECEIPT_VERBS,
  ...FORM_VERBS,
];

/** Commands of the operator, carried out by the installation itself with its own options. */
const DELEGATED = new Set(['init', 'db-check']);

/** What the process gives; a test gives its own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly packageFolder: string;
  readonly interrupted: AbortSignal;
}

function unknown(name: string): UsageError {
  const near = VERBS.filter((verb) => verb.name.startsWith(name.slice(0, 3)) || name.startsWith(verb.name)).map(
    (verb) => verb.name,
  );
  return new UsageError(`there is no command "${name}"${near.length > 0 ? `; perhaps ${near.join(' or ')}` : ''}`);
}

function helpFor(topic: string | undefined): readonly string[] {
  if (topic === undefined) return overview(VERBS);
  if (topic === 'exit-codes') return exitCodes();
  const verb = VERBS.find(({ name }) => name === topic);
  if (!verb) throw unknown(topic);
  return helpOf(verb);
}

async function run(verb: Verb, input: Input, output: Output, around: Surroundings): Promise<number> {
  if (input.flag('help')) {
    output.lines(helpOf(verb));
    return EXIT.ok;
  }
  const { env, stdin, stderr, packageFolder, interrupted } = around;
  const context: Context = {
    input,
    output,
    env,
    stdin,
    stderr,
    packageFolder,
    interrupted,
    profile: profileOf(input, env),
  };
  return verb.run(context);
}

async function dispatch(
  name: string | undefined,
  rest: readonly string[],
  output: Output,
  around: Surroundings,
): Promise<number> {
  if (name === undefined) {
    output.remark(...overview(VERBS));
    return EXIT.usage;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    output.lines(helpFor(rest.find((arg) => !arg.startsWith('-'))));
    return EXIT.ok;
  }
  if (name === '--version') {
    output.result({ version }, () => [version]);
    return EXIT.ok;
  }
  if (DELEGATED.has(name)) return delegate(around.packageFolder, [name, ...rest]);
  const verb = VERBS.find((each) => each.name === name);
  if (!verb) throw unknown(name);
  return run(verb, readInput(rest, verb), output, around);
}

/** Runs one command. `args` without the program; resolves to the exit code. */
export async function main(args: readonly string[], around: Surroundings): Promise<number> {
  const json = args.includes('--json');
  const output = new Output({ out: around.stdout, err: around.stderr }, json, around.env);
  const [name, ...rest] = args;
  try {
    return await dispatch(name, rest, output, around);
  } catch (error) {
    if (around.interrupted.aborted) return EXIT.interrupted;
    const code = exitCodeOf(error);
    if (json) output.result({ ...asJson(error), exitCode: code }, () => []);
    const isUsage = error instanceof UsageError;
    const hint = isUsage
      ? [`See: clepsydra ${VERBS.some((verb) => verb.name === name) ? `${name ?? ''} --help` : '--help'}`]
      : [];
    output.remark(...explain(error).map((line, index) => (index === 0 ? `clepsydra: ${line}` : line)), ...hint);
    return code;
  }
}
