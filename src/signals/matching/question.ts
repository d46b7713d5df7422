import { SIGNAL_HEX_LENGTH, type SignalType } from '../../domain/vocabulary';
import { MAX_RADIUS } from '../../perceptual/hamming-search';
import { DEFAULT_RADIUS, isPerceptual } from '../../perceptual/match-radius';
import { PDQ_MIN_QUALITY } from '../../perceptual/pdq';
import { vpdqDigest, type VpdqFrame } from '../../perceptual/vpdq';

/** One well-formed hash that is asked for. */
export interface Question {
  readonly type: SignalType;
  readonly value: string;
  /** 0 for exact types. */
  readonly radius: number;
  /** Which form of a file it is the hash of, where it is not the file as it is. */
  readonly variant?: string;
}

/** What is known of one file; what is missing was not hashed. */
export interface FileHashes {
  readonly sha256?: string;
  readonly sha512?: string;
  readonly md5?: string;
  readonly pdq?: { readonly hash: string; readonly quality: number };
  readonly blockhash?: string;
  /** PDQ of the picture turned, mirrored or without its bars: for asking alone. */
  readonly variants?: readonly {
    readonly variant: string;
    readonly pdq: { readonly hash: string; readonly quality: number };
  }[];
  /** Of a video. */
  readonly frames?: readonly VpdqFrame[];
  /** Of a document. */
  readonly pages?: readonly { readonly page: number; readonly hash: string; readonly quality: number }[];
  readonly textSha256?: string | undefined;
}

/**
 * Exact digests first, then what is compared by distance; nothing of low quality. Frames are asked for apart; their digest
 * here finds the same film also where who contributed it gave no frames.
 */
export function questionsOf(hashes: FileHashes): Question[] {
  const { sha256, sha512, md5, textSha256: text_sha256, pdq, blockhash } = hashes;
  const vpdq = vpdqDigest(hashes.frames ?? []) ?? undefined;
  const exact = Object.entries({ sha256, sha512, md5, vpdq, text_sha256 } satisfies Partial<
    Record<SignalType, unknown>
  >);
  const questions: Question[] = [];
  for (const [type, value] of exact as [SignalType, string | undefined][]) {
    if (value !== undefined) questions.push({ type, value, radius: 0 });
  }
  const add = (hash: { hash: string; quality: number }, variant?: string): void => {
    if (hash.quality < PDQ_MIN_QUALITY) return;
    questions.push({ type: 'pdq', value: hash.hash, radius: DEFAULT_RADIUS.pdq, ...(variant ? { variant } : {}) });
  };
  if (pdq) add(pdq);
  // blockhash has no quality of its own: what PDQ finds too flat, it is too.
  if (blockhash && (!pdq || pdq.quality >= PDQ_MIN_QUALITY)) {
    questions.push({ type: 'blockhash', value: blockhash, radius: DEFAULT_RADIUS.blockhash });
  }
  for (const { variant, pdq: turned } of hashes.variants ?? []) add(turned, variant);
  for (const page of hashes.pages ?? []) add(page, `page ${page.page}`);
  return questions;
}

export const hashWords = (type: SignalType): string =>
  `${type} is ${SIGNAL_HEX_LENGTH[type]} lower-case hexadecimal digits`;

/** What is wrong with a radius that was given, in words. */
export function radiusFault(type: SignalType, radius: unknown): string | undefined {
  const most = isPerceptual(type) ? MAX_RADIUS : 0;
  if (typeof radius === 'number' && Number.isInteger(radius) && radius >= 0 && radius <= most) return undefined;
  return most === 0 ? `${type} is equal or not: the radius is 0` : `must be an integer of 0 to ${most}`;
}

/**
 * How many questions of the budget these are: each picture is one, a file whatever else it is asked by at least one. Who
 * varies a picture until it is not found learns from another digest of the same file nothing, from another page a try.
 */
export const countOf = (questions: readonly Question[]): number =>
  Math.max(1, questions.filter(({ type }) => type === 'pdq').length);
