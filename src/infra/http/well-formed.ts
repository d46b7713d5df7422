import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../domain/errors';
import { escapeToken } from './validation';

/** A value of a JSON document, with the way to it. */
interface Place {
  readonly value: unknown;
  readonly token: string;
  readonly parent: Place | null;
  readonly depth: number;
}

function pointerTo(place: Place): string {
  const tokens: string[] = [];
  for (let at: Place | null = place; at?.parent; at = at.parent) tokens.unshift(escapeToken(at.token).toWellFormed());
  return tokens.map((token) => `/${token}`).join('');
}

const NOT_UNICODE = 'must be well-formed Unicode: half of a surrogate pair is no character';

/** No document of ours is a tenth as deep; what reads bodies after this is recursive and would run out of stack. */
const MAX_DEPTH = 64;

function refuse(place: Place, detail: string): never {
  throw new DomainError('request.invalid', {}, [{ pointer: pointerTo(place), detail }]);
}

/** The lines of a submission are judged one by one where they are read: a bad one never refuses the others. */
const isLines = ({ value, token, depth }: Place): boolean => depth === 1 && token === 'items' && Array.isArray(value);

const isOfLines = (place: Place): boolean => isLines(place) || (place.parent !== null && isOfLines(place.parent));

/**
 * The document itself, if no string and no name in it holds a lone surrogate. JSON can spell one (RFC 8259, 8.2), but
 * neither UTF-8 nor PostgreSQL nor a digest over RFC 8785 can hold it; and if it is not nested deeper than 64.
 * @throws DomainError `request.invalid` with a pointer to the first such place found
 */
export function wellFormed(document: unknown): unknown {
  const open: Place[] = [{ value: document, token: '', parent: null, depth: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value } = place;
    if (typeof value === 'string' && !value.isWellFormed() && !isOfLines(place)) refuse(place, NOT_UNICODE);
    if (place.depth > MAX_DEPTH) refuse(place, `must be nested no deeper than ${MAX_DEPTH}`);
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) continue;
    for (const [token, member] of Object.entries(value)) {
      const child: Place = { value: member, token, parent: place, depth: place.depth + 1 };
      if (!token.isWellFormed() && !isOfLines(child)) refuse(child, NOT_UNICODE);
      if (typeof member === 'string' || typeof member === 'object') open.push(child);
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
