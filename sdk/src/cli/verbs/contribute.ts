import {
  BEHAVIOURS,
  CONTENT_TYPES,
  ENTITY_CLASSES,
  isIncidentTag,
  type Behaviour,
} from '../../../../src/domain/labels';
import { CATEGORIES, IDEOLOGIES, SEVERITIES, SIGNAL_TYPES, type SignalType } from '../../../../src/domain/vocabulary';
import { PDQ_MIN_QUALITY } from '../../../../src/perceptual/pdq';
import type { NewExhibitSignals, NewHash, SignalLabels } from '../../signal-api';
import type { Clepsydra } from '../../clepsydra';
import type { FileHashes } from '../../offline/file-hashes';
import { hashFile } from '../../offline/hash-file';
import type { Input, Options } from '../args';
import { signedIn, type Context } from '../context';
import { giveBatch, giveExhibit, giveSingly, tell, type Given, type Source } from '../contributing';
import { UsageError, type ExitCode } from '../exit';
import { findList } from '../find-list';
import { isUuid } from '../find-notice';
import type { Verb } from '../verb';
import { hashOf, isFile } from './match';

/** So many hashes are contributed one by one, and their signals named; more of them in one batch. */
const MOST_SINGLY = 14;

function labelsOf(input: Input): SignalLabels {
  const of = <T extends string>(list: readonly T[], name: string): T | undefined =>
    list.find((each) => each === input.text(name));
  const labels = {
    category: of(CATEGORIES, 'category'),
    ideology: of(IDEOLOGIES, 'ideology'),
    contentType: of(CONTENT_TYPES, 'content-type'),
    entityClass: of(ENTITY_CLASSES, 'entity'),
  };
  const asked = input.texts('behaviour');
  const behaviours = BEHAVIOURS.filter((each): each is Behaviour => asked.includes(each));
  const given = Object.fromEntries(Object.entries(labels).filter(([, label]) => label !== undefined));
  return { ...given, ...(behaviours.length > 0 ? { behaviours } : {}) };
}

function typesOf(input: Input): SignalType[] | undefined {
  const asked = input.texts('types').flatMap((text) => text.split(','));
  const wrong = asked.find((word) => !SIGNAL_TYPES.some((type) => type === word));
  if (wrong !== undefined) throw new UsageError(`--types ${wrong}: must be of ${SIGNAL_TYPES.join(', ')}`);
  return asked.length === 0 ? undefined : SIGNAL_TYPES.filter((type) => asked.includes(type));
}

/** What is said of everything that is contributed with one command. */
async function sayingOf(client: Clepsydra, input: Input): Promise<NewExhibitSignals> {
  const [list, incident, note] = [input.text('list'), input.text('incident'), input.text('note')];
  const severity = SEVERITIES.find((each) => each === input.text('severity'));
  const isWrong = incident !== undefined && !isIncidentTag(incident);
  if (isWrong) throw new UsageError(`--incident ${String(incident)}: give <framework>-<year>-<name>, in lower case`);
  return {
    labels: labelsOf(input),
    ...(list === undefined ? {} : { listId: (await findList(client, list)).id }),
    ...(severity === undefined ? {} : { severity }),
    ...(incident === undefined ? {} : { incident }),
    ...(note === undefined ? {} : { note }),
    ...(input.flag('unreviewed') ? { reviewed: false } : {}),
  };
}

/** Every hash of a file that others may match on. A picture that says too little is shared by the digests of its bytes. */
function hashesOf({ sha256, sha512, md5, image, video }: FileHashes): NewHash[] {
  const hashes: NewHash[] = [
    { type: 'sha256', value: sha256 },
    { type: 'sha512', value: sha512 },
    { type: 'md5', value: md5 },
  ];
  if (image && image.pdq.quality >= PDQ_MIN_QUALITY) {
    hashes.push({ type: 'pdq', value: image.pdq.hash, quality: image.pdq.quality });
    if (image.blockhash !== null) hashes.push({ type: 'blockhash', value: image.blockhash });
  }
  if (video?.digest) {
    const frames = video.frames.map(({ hash, quality, atMs }) => ({ hash, quality, atMs }));
    hashes.push({ type: 'vpdq', value: video.digest, frames });
  }
  return hashes;
}

/** Hashed here and exactly; the file itself goes nowhere. */
async function sourcesOf(context: Context, names: readonly string[], types?: SignalType[]): Promise<Source[]> {
  const { input, output, interrupted } = context;
  const sources: Source[] = [];
  for (const name of names) {
    if (!isFile(name)) {
      sources.push({ name, hash: hashOf(name, input) });
      continue;
    }
    const found = await hashFile(name, { fast: false, signal: interrupted });
    // What can be seen of a damaged file is asked with and never contributed.
    const hashes = found.incomplete ? { ...found, image: null, video: null, notHashed: found.incomplete } : found;
    if (hashes.notHashed) output.remark(`${name}: ${hashes.notHashed.title}.`);
    const wanted = hashesOf(hashes).filter(({ type }) => !types || types.includes(type));
    if (wanted.length === 0) throw new UsageError(`${name} has no hash of the --types that were asked for`);
    sources.push(...wanted.map((hash) => ({ name, hash })));
  }
  return sources;
}

async function contribute(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const types = typesOf(input);
  const exhibits = input.positionals.filter((name) => isUuid(name) && !isFile(name));
  const others = input.positionals.filter((name) => !exhibits.includes(name));
  const sources = await sourcesOf(context, others, types);
  const client = signedIn(context);
  const saying = await sayingOf(client, input);
  if (sources.length > MOST_SINGLY && saying.note !== undefined)
    throw new UsageError(`--note goes with ${MOST_SINGLY} hashes at most`);
  const given: Given[] = [];
  for (const id of exhibits) given.push(...(await giveExhibit(client, id, { ...saying, ...(types ? { types } : {}) })));
  given.push(...(await (sources.length > MOST_SINGLY ? giveBatch : giveSingly)(client, sources, saying)));
  return tell(given, output);
}

const LABELS: Options = {
  category: { type: 'text', value: 'word', oneOf: CATEGORIES, help: 'What the content is' },
  ideology: { type: 'text', value: 'word', oneOf: IDEOLOGIES, help: 'Of whom' },
  behaviour: { type: 'text', many: true, value: 'word', oneOf: BEHAVIOURS, help: 'What it does' },
  'content-type': { type: 'text', value: 'word', oneOf: CONTENT_TYPES, help: 'What kind of thing it is' },
  entity: { type: 'text', value: 'word', oneOf: ENTITY_CLASSES, help: 'Who it is from' },
  severity: { type: 'text', value: 'word', oneOf: SEVERITIES, help: 'How grave it is' },
  incident: { type: 'text', value: 'tag', help: 'Incident it belongs to: <framework>-<year>-<name>' },
};

export const CONTRIBUTE_VERBS: readonly Verb[] = [
  {
    name: 'contribute',
    summary: 'Add the hashes of exhibits or files to the shared database; no file leaves this machine',
    args: '<exhibit|file|hash…>',
    positionals: [1, 2000],
    options: {
      list: { type: 'text', value: 'list', help: 'To which list, by short name or id; the common list unless told' },
      ...LABELS,
      types: {
        type: 'text',
        many: true,
        value: 'types',
        help: 'Which hashes, with commas between; all that there are unless told',
      },
      type: { type: 'text', value: 'type', oneOf: SIGNAL_TYPES, help: 'What a hash is that is given as such' },
      unreviewed: {
        type: 'flag',
        help: 'Nobody looked at the content yet: the hashes are provisional and block nothing',
      },
      note: { type: 'text', value: 'text', help: 'A remark for those who read the list' },
    },
    notes: [
      'A file is hashed here: SHA-256, SHA-512 and MD5, PDQ and blockhash of a picture, vPDQ of a film. An exhibit of yours is named by its id, so that what falls with its case can be retracted.',
      'Ends with 1 when everything was refused and with 10 when some of it was.',
    ],
    examples: [
      'clepsydra contribute 0197a0c4-… --category solicit_group --ideology unknown --behaviour recruitment',
      'clepsydra contribute *.jpg --list north-harbour --category incitement --ideology right_wing --severity high',
      'clepsydra contribute d41d8cd98f00b204e9800998ecf8427e --type md5 --category other --unreviewed',
    ],
    run: contribute,
  },
];
