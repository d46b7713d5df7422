import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../domain/errors';
import { escapeToken } from '../../domain/json';
import { MAX_DEPTH } from './json-measure';

/** An object or a list on the way to where the walk is. One for each that is open: nothing is made for a plain value. */
interface Level {
  readonly value: Readonly<Record<string, unknown>> | readonly unknown[];
  /** Of an object; a list goes by its positions. */
  readonly names: readonly string[] | null;
  /** The lines of a submission are judged one by one where they are read: a bad one never refuses the others. */
  readonly isOfLines: boolean;
  next: number;
}

/**
 * No object of ours has a tenth of them, and no list is longer than the frames of a film. Validation takes 60 µs of the event
 * loop for each member that it does not know: of nineteen thousand, a second.
 */
export const MAX_MEMBERS = 200;
export const MAX_ELEMENTS = 20_000;

const NOT_UNICODE = 'must be well-formed Unicode: half of a surrogate pair is no character';

function refuse(levels: readonly Level[], detail: string): never {
  const tokens = levels.map(({ names, next }) => escapeToken(names?.[next - 1] ?? `${next - 1}`).toWellFormed());
  throw new DomainError('request.invalid', {}, [{ pointer: tokens.map((token) => `/${token}`).join(''), detail }]);
}

const isOpenable = (value: unknown): value is Level['value'] =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value);

const open = (value: Level['value'], isOfLines: boolean): Level => ({
  value,
  names: Array.isArray(value) ? null : Object.keys(value),
  isOfLines,
  next: 0,
});

const sizeOf = ({ names, value }: Level): number => (names ?? (value as readonly unknown[])).length;

/** @param levels the way to what was opened */
function refuseLarge(levels: readonly Level[], opened: Level): void {
  const isList = opened.names === null;
  const most = isList ? MAX_ELEMENTS : MAX_MEMBERS;
  if (sizeOf(opened) > most) refuse(levels, `must have at most ${most} ${isList ? 'elements' : 'members'}`);
}

/** What the lists of lines are called: of our own submissions, and in the protocols of others. */
const LINES: ReadonlySet<string> = new Set(['items', 'signals', 'hashRecords', 'hashFeedbacks', 'body']);

const isEnd = (level: Level): boolean => level.next >= sizeOf(level);

/** The next member, with its name looked at. */
function step(levels: readonly Level[], level: Level): unknown {
  const at = level.next++;
  if (level.names === null) return (level.value as readonly unknown[])[at];
  const name = level.names[at] ?? '';
  if (!level.isOfLines && !name.isWellFormed()) refuse(levels, NOT_UNICODE);
  return (level.value as Readonly<Record<string, unknown>>)[name];
}

/**
 * The document itself, if no string and no name in it holds a lone surrogate. JSON can spell one (RFC 8259, 8.2), but
 * neither UTF-8 nor PostgreSQL nor a digest over RFC 8785 can hold it; and if it is not nested deeper than 64. About 20 ns a
 * value; and if no object has more than 200 members and no list more than 20,000 elements.
 * @throws DomainError `request.invalid` with a pointer to the first such place
 */
export function wellFormed(document: unknown): unknown {
  const levels: Level[] = isOpenable(document) ? [open(document, Array.isArray(document))] : [];
  if (levels[0]) refuseLarge([], levels[0]);
  if (typeof document === 'string' && !document.isWellFormed()) refuse(levels, NOT_UNICODE);
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    if (isEnd(level)) {
      levels.pop();
      continue;
    }
    const value = step(levels, level);
    if (typeof value === 'string') {
      if (!level.isOfLines && !value.isWellFormed()) refuse(levels, NOT_UNICODE);
    } else if (isOpenable(value)) {
      if (levels.length > MAX_DEPTH) refuse(levels, `must be nested no deeper than ${MAX_DEPTH}`);
      const isLines = levels.length === 1 && LINES.has(level.names?.[level.next - 1] ?? '') && Array.isArray(value);
      const opened = open(value, level.isOfLines || isLines);
      refuseLarge(levels, opened);
      levels.push(opened);
    }
  }
  return document;
}

/** Refuses such a body before anything reads it. Documents in multipart bodies are looked at where they are read. */
export function refuseIllFormedBodies(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!request.isMultipart()) wellFormed(request.body);
    done();
  });
}
