import { statSync } from 'node:fs';
import type { FileMatches, NewSignal, SignalLabels } from '../../api';
import type { Clepsydra } from '../../clepsydra';
import {
  CATEGORIES,
  IDEOLOGIES,
  SIGNAL_HEX_LENGTH,
  SIGNAL_TYPES,
  isSignalHash,
  type SignalType,
} from '../../../../src/domain/vocabulary';
import { wholeNumber, type Input } from '../args';
import { signedIn, type Context } from '../context';
import { matchLines } from '../describe';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { cell, table } from '../output';
import type { Verb } from '../verb';
import { takenAs } from '../../untyped';

/** Quality up to which PDQ says too little of its picture to be shared. */
const UNRELIABLE_QUALITY = 49;

const typeOf = (input: Input): SignalType | undefined => SIGNAL_TYPES.find((type) => type === input.text('type'));
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** A hash by its form: 32 digits are MD5, 64 are PDQ unless --type says otherwise. */
function hashOf(text: string, input: Input): { type: SignalType; value: string } {
  const value = text.toLowerCase();
  const type = typeOf(input) ?? (value.length === SIGNAL_HEX_LENGTH.md5 ? 'md5' : 'pdq');
  if (!isSignalHash(type, value)) throw new UsageError(`"${text}" is neither a file here nor a ${type} hash`);
  return { type, value };
}

function fileLines(file: FileMatches): string[] {
  const { image, notHashed } = file;
  return table([
    ['sha256', file.sha256],
    ['md5', file.md5],
    ...(image
      ? [
          ['pdq', `${image.pdq.hash}  quality ${image.pdq.quality}`],
          ['blockhash', image.blockhash],
        ]
      : []),
    ...(notHashed ? [['not hashed', `${notHashed.title} (${notHashed.code})`]] : []),
  ]);
}

async function match(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [what = ''] = input.positionals;
  const client = signedIn(context);
  const radius = input.text('radius');
  const byFile = isFile(what);
  if (byFile && radius !== undefined)
    throw new UsageError('--radius goes with a hash; a file is matched at the usual distances');
  const hash = byFile ? null : hashOf(what, input);
  const answer = hash
    ? await client.signals.match(
        hash.type,
        hash.value,
        radius === undefined ? undefined : wholeNumber('radius', radius, 0, 64),
      )
    : await client.signals.matchFile({ source: what });
  output.result(answer, () => [
    ...('sha256' in answer ? fileLines(takenAs<FileMatches>(answer)) : []),
    ...(answer.matchable === 'perceptual' ? [] : [`compared: ${cell(answer.matchable)}`]),
    ...(answer.matches.length === 0 ? ['No match.'] : matchLines(answer.matches, output)),
  ]);
  return EXIT.ok;
}

function labelsOf(input: Input): SignalLabels {
  const category = CATEGORIES.find((each) => each === input.text('category'));
  const ideology = IDEOLOGIES.find((each) => each === input.text('ideology'));
  const behaviours = input.texts('behaviour');
  return {
    ...(category ? { category } : {}),
    ...(ideology ? { ideology } : {}),
    ...(behaviours.length > 0 ? { behaviours } : {}),
  };
}

/** What a file gives to share: its PDQ hash where that can be relied on, otherwise its SHA-256. */
async function hashesOf(
  client: Clepsydra,
  path: string,
  wanted: SignalType | undefined,
): Promise<Pick<NewSignal, 'type' | 'value' | 'quality'>> {
  const { image, sha256, md5 } = await client.signals.matchFile({ source: path });
  const reliable = image !== null && image.pdq.quality > UNRELIABLE_QUALITY;
  const type = wanted ?? (reliable ? 'pdq' : 'sha256');
  if (type === 'sha256') return { type, value: sha256 };
  if (type === 'md5') return { type, value: md5 };
  if (!image) throw new UsageError(`${path} is no image that has a ${type} hash`);
  return type === 'pdq'
    ? { type, value: image.pdq.hash, quality: image.pdq.quality }
    : { type, value: image.blockhash, quality: image.pdq.quality };
}

async function contribute(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [what = ''] = input.positionals;
  const client = signedIn(context);
  const hash = isFile(what) ? await hashesOf(client, what, typeOf(input)) : hashOf(what, input);
  const [note, exhibitId] = [input.text('note'), input.text('exhibit')];
  const signal = await client.signals.contribute({
    ...hash,
    labels: labelsOf(input),
    ...(note === undefined ? {} : { note }),
    ...(exhibitId === undefined ? {} : { exhibitId }),
  });
  const sources = signal.contributions.length;
  output.result(signal, () =>
    table([
      [
        'signal',
        signal.id,
        signal.type,
        signal.value,
        signal.state,
        `${sources} contribution${sources === 1 ? '' : 's'}`,
      ],
    ]),
  );
  return EXIT.ok;
}

const TYPE = {
  type: 'text',
  value: 'type',
  oneOf: SIGNAL_TYPES,
  help: 'Which hash it is, or which hash of the file',
} as const;

export const SIGNAL_VERBS: readonly Verb[] = [
  {
    name: 'match',
    summary: 'Ask whether a file or hash is known; the file is not kept',
    args: '<file|hash>',
    positionals: [1, 1],
    options: {
      type: TYPE,
      radius: { type: 'text', value: 'bits', help: 'How many bits may differ, 0 to 64; 31 for PDQ unless told' },
    },
    examples: [
      'clepsydra match photo.jpg',
      'clepsydra match f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22 --radius 20',
    ],
    run: match,
  },
  {
    name: 'contribute',
    summary: 'Add a hash to the shared database',
    args: '<file|hash>',
    positionals: [1, 1],
    options: {
      type: TYPE,
      category: { type: 'text', value: 'word', oneOf: CATEGORIES, help: 'What the content is' },
      ideology: { type: 'text', value: 'word', oneOf: IDEOLOGIES, help: 'Of whom' },
      behaviour: { type: 'text', many: true, value: 'label', help: 'What it shows, such as graphic-violence' },
      exhibit: { type: 'text', value: 'id', help: 'The exhibit it was taken from; seen by your organisation alone' },
      note: { type: 'text', value: 'text', help: 'A remark' },
    },
    examples: [
      'clepsydra contribute photo.jpg --category incitement --ideology unknown',
      'clepsydra contribute d41d8cd98f00b204e9800998ecf8427e --type md5 --category other',
    ],
    run: contribute,
  },
];
