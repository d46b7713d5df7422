import { statSync } from 'node:fs';
import { SIGNAL_HEX_LENGTH, SIGNAL_TYPES, isSignalHash, type SignalType } from '../../../../src/domain/vocabulary';
import type { FileMatches, Matches } from '../../match-api';
import type { VariantKind } from '../../signals';
import { wholeNumber, type Input } from '../args';
import { signedIn, type Context } from '../context';
import { freshnessLine, matchLines } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { cell, table } from '../output';
import type { Verb } from '../verb';

const VARIANTS: readonly VariantKind[] = ['dihedral', 'letterbox'];

const typeOf = (input: Input): SignalType | undefined => SIGNAL_TYPES.find((type) => type === input.text('type'));
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** A hash by its form, unless the type is given: 32 digits are MD5, 128 SHA-512 and 64 PDQ. */
export function hashOf(text: string, input: Input): { type: SignalType; value: string } {
  const value = text.toLowerCase();
  const byLength = SIGNAL_TYPES.find((type) => value.length !== 64 && SIGNAL_HEX_LENGTH[type] === value.length);
  const type = typeOf(input) ?? byLength ?? 'pdq';
  if (!isSignalHash(type, value)) throw new UsageError(`"${text}" is neither a file here nor a ${type} hash`);
  return { type, value };
}

function variantsOf(input: Input): VariantKind[] {
  const asked = input.texts('variants').flatMap((text) => text.split(','));
  const wrong = asked.find((word) => !VARIANTS.some((kind) => kind === word));
  if (wrong !== undefined) throw new UsageError(`--variants ${wrong}: must be of ${VARIANTS.join(', ')}`);
  return VARIANTS.filter((kind) => asked.includes(kind));
}

function fileLines({ sha256, md5, image, video, pdf, notHashed, incomplete }: FileMatches): string[] {
  return table([
    ['sha256', sha256],
    ['md5', md5],
    ...(image
      ? [
          ['pdq', `${image.pdq.hash}  quality ${image.pdq.quality}`],
          ['blockhash', image.blockhash],
        ]
      : []),
    ...(video?.digest ? [['vpdq', `${video.digest}  ${video.frames} frames`]] : []),
    ...(pdf?.textSha256 ? [['text', `${pdf.textSha256}  ${pdf.pageCount} pages`]] : []),
    ...(notHashed ? [['not hashed', `${notHashed.title} (${notHashed.code})`]] : []),
    ...(incomplete ? [['incomplete', `${incomplete.title} (${incomplete.code})`]] : []),
  ]);
}

function ask(context: Context): Promise<Matches | FileMatches> {
  const { input } = context;
  const [what, value] = [input.positionals[0], input.text('value')];
  const [radius, variants] = [input.text('radius'), variantsOf(input)];
  if ((what === undefined) === (value === undefined)) throw new UsageError('give a file or a hash, or --value');
  if (what !== undefined && isFile(what)) {
    if (radius !== undefined)
      throw new UsageError('--radius goes with a hash; a file is matched at the usual distances');
    return signedIn(context).signals.matchFile({ source: what }, variants);
  }
  if (variants.length > 0) throw new UsageError('--variants goes with a file: a hash cannot be turned');
  const hash = hashOf(what ?? value ?? '', input);
  const bits = radius === undefined ? undefined : wholeNumber('radius', radius, 0, 64);
  return signedIn(context).signals.match(hash.type, hash.value, bits);
}

async function match(context: Context): Promise<ExitCode> {
  const { output } = context;
  const answer = await ask(context);
  output.result(answer, () => [
    ...('sha256' in answer ? fileLines(answer) : []),
    ...(answer.matchable === 'perceptual' ? [] : [`compared: ${cell(answer.matchable)}`]),
    ...(answer.matches.length === 0 ? ['No match.'] : matchLines(answer.matches, output)),
    output.paint('dim', freshnessLine(answer.freshness)),
  ]);
  return EXIT.ok;
}

export const MATCH_VERBS: readonly Verb[] = [
  {
    name: 'match',
    summary: 'Ask whether a file or hash is known, and what your policy says to do; the file is not kept',
    args: '<file|hash>',
    positionals: [0, 1],
    options: {
      type: { type: 'text', value: 'type', oneOf: SIGNAL_TYPES, help: 'Which hash it is' },
      value: { type: 'text', value: 'hash', help: 'The hash, where it is not given as the argument' },
      radius: {
        type: 'text',
        value: 'bits',
        help: 'How many bits may differ, 0 to 64; 31 for PDQ and 10 for blockhash unless told',
      },
      variants: {
        type: 'text',
        many: true,
        value: 'kinds',
        help: 'Look for the picture turned or mirrored (dihedral) and without its bars (letterbox) too',
      },
    },
    notes: [
      'block, review and ignore are what the policy of your organisation says (clepsydra policy). A match proposes; a person decides, and tells with clepsydra feedback what came of it.',
    ],
    examples: [
      'clepsydra match photo.jpg --variants dihedral,letterbox',
      'clepsydra match f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22 --radius 20',
      'clepsydra match --type sha256 --value 3069d9eb8d9de760229cf99ddcc5a7834f08e3924b37c080c2df8bc5836737fb',
    ],
    run: match,
  },
];
