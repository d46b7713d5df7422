import type { Ideology, SignalType } from '../../../domain/vocabulary';
import { isTombstone, type Line } from '../core/lines.query';

/** The hash list v2 of Tech Against Terrorism as its public documentation and its deployed client have it. */
const TAT_ALGORITHMS = ['PDQ', 'MD5', 'SHA256', 'SHA512'] as const;
export type TatAlgorithm = (typeof TAT_ALGORITHMS)[number];

/** Exactly these members: the client makes a dataclass of each entry and fails on one more or one less. */
export interface TatEntry {
  readonly hash_digest: string;
  readonly algorithm: TatAlgorithm;
  readonly ideology: TatIdeology;
  readonly file_type: string;
  readonly deleted: boolean;
  /** Seconds since 1970, with fractions. */
  readonly updated_on: number;
  readonly created_on: string;
  readonly id: number;
}

const TAT_IDEOLOGIES = ['islamist', 'far-right', 'other'] as const;
export type TatIdeology = (typeof TAT_IDEOLOGIES)[number];

const IDEOLOGY_OF: Readonly<Record<TatIdeology, Ideology>> = {
  islamist: 'jihadist',
  'far-right': 'right_wing',
  other: 'other',
};

/** Its word for one of ours; it has three. */
export const tatIdeology = (ours: string | undefined): TatIdeology =>
  TAT_IDEOLOGIES.find((each) => IDEOLOGY_OF[each] === ours) ?? 'other';

/** Our word for one of its, in whatever case. */
export const ideologyOfTat = (word: string): Ideology | undefined => {
  const known = TAT_IDEOLOGIES.find((each) => each === word.toLowerCase());
  return known && IDEOLOGY_OF[known];
};

const TYPE_OF: Readonly<Record<TatAlgorithm, SignalType>> = {
  PDQ: 'pdq',
  MD5: 'md5',
  SHA256: 'sha256',
  SHA512: 'sha512',
};

const algorithmOf = (type: SignalType): TatAlgorithm | undefined =>
  TAT_ALGORITHMS.find((each) => TYPE_OF[each] === type);

/** Undefined for what is none of them, in whatever case. */
export const typeOfAlgorithm = (algorithm: string): SignalType | undefined => {
  const known = TAT_ALGORITHMS.find((each) => each === algorithm.toUpperCase());
  return known && TYPE_OF[known];
};

/**
 * A signal does not know what file it was taken from. PDQ is of images. The client reads MD5 for a few kinds of video alone and
 * drops every other, so each MD5 is called one: a digest of another file equals no video, and a video is not missed.
 */
const FILE_TYPE: Readonly<Record<TatAlgorithm, string>> = {
  PDQ: 'jpg',
  MD5: 'mp4',
  SHA256: 'unknown',
  SHA512: 'unknown',
};

/** Undefined for what the list has no word for. */
export function toTatEntry(line: Line): TatEntry | undefined {
  const algorithm = algorithmOf(line.type);
  if (!algorithm || line.value === null) return undefined;
  return {
    hash_digest: line.value,
    algorithm,
    ideology: tatIdeology(line.labels.ideology),
    file_type: FILE_TYPE[algorithm],
    deleted: isTombstone(line),
    updated_on: line.micros / 1_000_000,
    created_on: line.createdAt.toISOString(),
    id: numberOf(line.id),
  };
}

/**
 * The protocol numbers entries: the last 52 bits of the id, the most that every JSON reader keeps whole. They are random, and
 * nothing is looked up by them.
 */
export const numberOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(-13), 16);

/** `<seconds>,<place>`: the client compares the seconds with those it has, and hands the whole back. */
export const formatCheckpoint = (micros: number, place: number): string =>
  `${(micros / 1_000_000).toFixed(6)},${place}`;

const CHECKPOINT = /^(\d{1,11})(?:\.(\d{1,9}))?(?:,(-?\d{1,15}))?$/;

export interface Checkpoint {
  readonly micros: number;
  /** The last leaf that it has; null in a checkpoint that is not ours. */
  readonly place: number | null;
}

/** Null for what is none. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const found = CHECKPOINT.exec(text);
  if (!found) return null;
  const [, seconds = '0', fraction = '', place] = found;
  const micros = Number(seconds) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  return { micros, place: place === undefined ? null : Number(place) };
}
