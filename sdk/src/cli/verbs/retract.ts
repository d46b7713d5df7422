import { signedIn, type Context } from '../context';
import { signalLines } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { findList, idOf } from '../find-list';
import type { Verb } from '../verb';

/** What a contribution can have come from. */
const ORIGINS = ['case', 'exhibit', 'notice'] as const;

async function retract(context: Context): Promise<ExitCode> {
  const { input } = context;
  const named = ORIGINS.filter((origin) => input.text(origin) !== undefined);
  if (named.length + input.positionals.length !== 1)
    throw new UsageError('give a signal, or one of --case, --exhibit and --notice');
  return named[0] === undefined ? retractOne(context) : retractAll(context, named[0]);
}

async function retractOne(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const id = idOf('signal', input.positionals[0] ?? '');
  const [note, list] = [input.required('note'), input.text('list')];
  const client = signedIn(context);
  const signal = await client.signals.withdraw(id, note, list && (await findList(client, list)).id);
  output.result(signal, () => signalLines(signal));
  return EXIT.ok;
}

async function retractAll(context: Context, origin: (typeof ORIGINS)[number]): Promise<ExitCode> {
  const { input, output } = context;
  if (input.text('list') !== undefined) throw new UsageError('--list goes with one signal');
  const id = idOf(origin, input.required(origin));
  const note = input.required('note');
  const of = { case: { caseId: id }, exhibit: { exhibitId: id }, notice: { noticeId: id } }[origin];
  const retracted = await signedIn(context).signals.retract({ note, ...of });
  const { contributions, tombstones, disputed } = retracted;
  output.result(retracted, () => [
    `${contributions} contributions ended: ${tombstones.length} hashes nobody stands behind any more, ${disputed.length} disputed because others do.`,
  ]);
  return EXIT.ok;
}

export const RETRACT_VERBS: readonly Verb[] = [
  {
    name: 'retract',
    summary: 'Take back what your organisation contributed: one hash, or all from a case, exhibit or notice',
    args: '[<signal>]',
    positionals: [0, 1],
    options: {
      note: {
        type: 'text',
        value: 'text',
        help: 'Why; of a case, exhibit or notice, which decision annulled its order',
      },
      list: {
        type: 'text',
        value: 'list',
        help: 'From this list alone, by short name or id; from every list unless told',
      },
      case: { type: 'text', value: 'id', help: 'All that came from this case' },
      exhibit: { type: 'text', value: 'id', help: 'All that came from this exhibit' },
      notice: { type: 'text', value: 'id', help: 'All that came from the exhibits of this notice' },
    },
    notes: [
      'A hash that others stand behind as well goes on matching. After an annulled order it is disputed then, until a person has decided.',
    ],
    examples: [
      'clepsydra retract 0197a0c4-… --note "the wrong file"',
      'clepsydra retract --case 0197a0c4-… --note "annulled, court of North Harbour, 12/26"',
    ],
    run: retract,
  },
];
