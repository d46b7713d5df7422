import { isRecord } from '../../../domain/json';
import { BEHAVIOURS, CONTENT_TYPES, ENTITY_CLASSES, isIncidentTag, type Labels } from '../../../domain/labels';
import {
  CATEGORIES,
  DISPUTE_REASONS,
  IDEOLOGIES,
  isSignalHash,
  SEVERITIES,
  SIGNAL_HEX_LENGTH,
  SIGNAL_TYPES,
  TLP,
  type DisputeReason,
  type Severity,
  type SignalType,
  type Tlp,
} from '../../../domain/vocabulary';
import { PDQ_MIN_QUALITY } from '../../../perceptual/pdq';
import { MOST_VIDEO_FRAMES } from '../../../perceptual/vpdq';
import type { FrameGiven } from '../../store/candidate';
import type { RefusedRecord, SourceHash } from './source';

export type Members = Readonly<Record<string, unknown>>;

/** Ids are kept as they are; one that is longer than any protocol's is not one. */
const MOST_ID = 200;

/** A text of a stranger that PostgreSQL and a terminal can keep: well-formed, no control characters, cut to a length. */
export function plain(value: unknown, most = MOST_ID): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, most)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
}

/** A place that we hand back as it was given: kept as JSON, so of characters that PostgreSQL keeps. */
export const isToken = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most && plain(value, most) === value;

export const isRemoteId = (value: unknown): value is string => isToken(value, MOST_ID);

const oneOf = <T extends string>(words: readonly T[], value: unknown): T | undefined =>
  words.find((word) => word === value);

export const asType = (value: unknown): SignalType | undefined => oneOf(SIGNAL_TYPES, value);
export const asTlp = (value: unknown): Tlp | undefined => oneOf(TLP, value);
export const asSeverity = (value: unknown): Severity | undefined => oneOf(SEVERITIES, value);
export const asReason = (value: unknown): DisputeReason => oneOf(DISPUTE_REASONS, value) ?? 'other';
export const asIncident = (value: unknown): string | undefined => (isIncidentTag(value) ? value : undefined);

/** The labels that our vocabulary has. A word of a later version of it is no reason to refuse the hash. */
export function asLabels(value: unknown): Labels {
  if (!isRecord(value)) return {};
  const category = oneOf(CATEGORIES, value.category);
  const ideology = oneOf(IDEOLOGIES, value.ideology);
  const contentType = oneOf(CONTENT_TYPES, value.contentType);
  const entityClass = oneOf(ENTITY_CLASSES, value.entityClass);
  const given: readonly unknown[] = Array.isArray(value.behaviours) ? value.behaviours : [];
  const behaviours = BEHAVIOURS.filter((word) => given.includes(word));
  return {
    ...(category ? { category } : {}),
    ...(ideology ? { ideology } : {}),
    ...(contentType ? { contentType } : {}),
    ...(entityClass ? { entityClass } : {}),
    ...(behaviours.length > 0 ? { behaviours } : {}),
  };
}

/** A hash in our form, or why not. Upper case is put right; nothing else is guessed at. */
export function asHash(type: SignalType, value: unknown, quality?: unknown): SourceHash | string {
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  if (!isSignalHash(type, lower)) return `${type} is ${SIGNAL_HEX_LENGTH[type]} hexadecimal digits`;
  if (quality === undefined || quality === null) return { type, value: lower };
  if (typeof quality !== 'number' || !Number.isInteger(quality) || quality < 0 || quality > 100) {
    return 'the quality is a whole number from 0 to 100';
  }
  return { type, value: lower, quality };
}

const FRAME_DIGITS = 64;

/**
 * The usable frames of a video from one text of 64 hexadecimal digits each, or why not. Their quality is not said: it is the
 * least that a usable frame has. Whether they are those of the video is asked where they are contributed.
 */
export function asFrames(value: unknown): readonly FrameGiven[] | string {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  const count = text.length / FRAME_DIGITS;
  const isWhole = Number.isInteger(count) && count > 0 && count <= MOST_VIDEO_FRAMES;
  if (!isWhole || /[^0-9a-f]/.test(text)) return `frames are 1 to ${MOST_VIDEO_FRAMES} times 64 hexadecimal digits`;
  return Array.from({ length: count }, (_, at) => ({
    hash: text.slice(at * FRAME_DIGITS, (at + 1) * FRAME_DIGITS),
    quality: PDQ_MIN_QUALITY,
  }));
}

export const refuse = (record: unknown, code: RefusedRecord['code'], detail: string): RefusedRecord => ({
  kind: 'refused',
  record: plain(record, 100) || '(no id)',
  code,
  detail: plain(detail, 300),
});

/** RFC 3339, or undefined. */
export function asInstant(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** A number or a text, as a text. */
export const spoken = (value: unknown): string => (typeof value === 'number' ? `${value}` : plain(value));
