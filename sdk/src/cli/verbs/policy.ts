import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PolicyRule } from '../../../../src/domain/signal-policy';
import type { Clepsydra } from '../../clepsydra';
import type { ActionCounts, DryRun, Policy } from '../../match-api';
import { itemsOf } from '../../paging';
import { isRecord } from '../../../../src/domain/json';
import { instant } from '../args';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { isUuid } from '../find-notice';
import { cell, table } from '../output';
import type { Verb } from '../verb';

/** Only the form of JSON is looked at here: what a rule may say is the server's to check, which points at each fault. */
function readRules(file: string): { name?: string; rules: readonly PolicyRule[] } {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} is no JSON document: ${error instanceof Error ? error.message : String(error)}`);
  }
  const rules: unknown = isRecord(document) ? document['rules'] : document;
  if (!Array.isArray(rules)) throw new UsageError(`${file}: give a list of rules, or {"name": …, "rules": […]}`);
  const name = isRecord(document) && typeof document['name'] === 'string' ? { name: document['name'] } : {};
  return { ...name, rules: rules as readonly PolicyRule[] };
}

function policyLines(policy: Policy): string[] {
  const version = policy.version === null ? 'the default, which everybody has' : `version ${policy.version}`;
  return [
    ...table([['policy', policy.name, version, policy.state, policy.enforcedAt ?? '']]),
    ...policy.words.map((sentence, index) => `  ${index + 1}  ${cell(sentence)}`),
    'Whatever the rules say:',
    ...policy.limits.map((limit) => `  ${cell(limit)}`),
  ];
}

/** By id or version; the newest draft where none is named. @throws UsageError */
async function findPolicy(client: Clepsydra, name: string | undefined): Promise<Policy & { id: string }> {
  for await (const policy of itemsOf((query) => client.signalPolicies.list(query), { limit: 200 })) {
    const { id, version, state } = policy;
    const isIt =
      name === undefined ? state === 'draft' : isUuid(name) ? id === name.toLowerCase() : String(version) === name;
    if (isIt && id !== null) return { ...policy, id };
  }
  throw new UsageError(
    name === undefined ? 'there is no draft: clepsydra policy draft <file.json>' : `there is no policy "${name}"`,
  );
}

const countText = ({ block, review, ignore }: ActionCounts): string =>
  `block ${block}, review ${review}, ignore ${ignore}`;

function dryRunLines(run: DryRun): string[] {
  const { changes } = run;
  return [
    ...table([
      ['matches', `${run.matches} from ${run.from} to ${run.to}`],
      ['before', countText(run.before)],
      ['after', countText(run.after)],
      ['would change', String(run.changed)],
    ]),
    ...table(
      changes.map((each) => [
        `  ${each.before} → ${each.after}`,
        each.type,
        each.distance === 0 ? 'identical' : `${each.distance} bits`,
        each.foundAt,
        each.times > 1 ? `${each.times} times` : '',
        each.signalId,
        each.because,
      ]),
    ),
    ...(run.changed > changes.length ? [`  and ${run.changed - changes.length} more`] : []),
    ...(run.undecidable > 0 ? [`${run.undecidable} of signals that are not there any more, or not yours to see`] : []),
    ...run.notes.map((note) => cell(note)),
  ];
}

async function dryRun({ input, output }: Context, client: Clepsydra, name: string | undefined): Promise<ExitCode> {
  const [from, to] = [input.text('from'), input.text('to')];
  const { id } = await findPolicy(client, name);
  const run = await client.signalPolicies.dryRun(id, {
    ...(from === undefined ? {} : { from: instant('from', from) }),
    ...(to === undefined ? {} : { to: instant('to', to) }),
  });
  output.result(run, () => dryRunLines(run));
  return EXIT.ok;
}

function draft({ input }: Context, client: Clepsydra, file: string): Promise<Policy> {
  const { name, rules } = readRules(file);
  return client.signalPolicies.draft(input.text('name') ?? name ?? path.basename(file, path.extname(file)), rules);
}

async function onePolicy(context: Context, client: Clepsydra, verb: string, name: string | undefined): Promise<Policy> {
  if (verb === 'show') return name === undefined ? client.signalPolicies.current() : findPolicy(client, name);
  if (verb === 'enforce') return client.signalPolicies.enforce((await findPolicy(client, name)).id);
  if (verb === 'draft' && name !== undefined) return draft(context, client, name);
  throw new UsageError('give show, draft <file.json>, dry-run or enforce');
}

async function policy(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [verb = 'show', name] = input.positionals;
  const client = signedIn(context);
  if (verb === 'dry-run') return dryRun(context, client, name);
  const shown = await onePolicy(context, client, verb, name);
  output.result(shown, () => policyLines(shown));
  return EXIT.ok;
}

export const POLICY_VERBS: readonly Verb[] = [
  {
    name: 'policy',
    summary: 'Show what your organisation does with matches; write, try and enforce another policy',
    args: '[show|draft <file.json>|dry-run|enforce] [version]',
    positionals: [0, 2],
    options: {
      name: { type: 'text', value: 'name', help: 'What a draft is called; its file name unless told' },
      from: { type: 'text', value: 'instant', help: 'Dry run: from when; yesterday, in UTC, unless told' },
      to: { type: 'text', value: 'instant', help: 'Dry run: until when; 31 days at most' },
    },
    notes: [
      'A policy is a list of rules, of which the first that holds decides: [{"name": "reviewed and identical", "action": "block", "types": ["sha256"], "reviewed": true}, {"name": "the rest", "action": "review"}]. Conditions: lists, types, states, categories, ideologies, behaviours, incidents, minSeverity, maxDistance, reviewed.',
      'dry-run and enforce take the newest draft unless a version is given; an earlier policy can be enforced again.',
    ],
    examples: [
      'clepsydra policy',
      'clepsydra policy draft rules.json',
      'clepsydra policy dry-run --from 2026-03-01 --to 2026-03-08',
      'clepsydra policy enforce 3',
    ],
    run: policy,
  },
];
